"""Run in the peers' environment: Prophet's fit and band of every series in FOLDER/frame.csv -> FOLDER/score.csv."""

import logging
import sys
from pathlib import Path

import pandas as pd
from prophet import Prophet

logging.getLogger("cmdstanpy").setLevel(logging.ERROR)
folder = Path(sys.argv[1])
frame = pd.read_csv(folder / "frame.csv", parse_dates=["ds"])
holidays = pd.read_csv(folder / "holidays.csv", parse_dates=["ds"]).rename(columns={"name": "holiday"})
scores = []
for name, part in frame.groupby("unique_id", sort=False):
    days = holidays.loc[holidays["unique_id"] == name, ["ds", "holiday"]]
    model = Prophet(interval_width=0.99, holidays=days, uncertainty_samples=300).fit(part[["ds", "y"]])
    fit = model.predict(part[["ds"]])
    width = (fit["yhat_upper"] - fit["yhat_lower"]).clip(lower=1e-9).to_numpy()
    distance = abs(part["y"].to_numpy() - fit["yhat"].to_numpy()) / width
    scores.append(pd.Series(distance, index=part.index))
pd.concat(scores).reindex(frame.index).fillna(0).rename("score").to_csv(folder / "score.csv", index=False)
