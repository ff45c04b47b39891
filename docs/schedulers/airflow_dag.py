"""Airflow gives the tick; itsq keeps what is due, was missed, made and sent. Put this file into the folder of DAGs."""

from datetime import datetime, timedelta

from airflow import DAG
from airflow.operators.bash import BashOperator

with DAG("itsq", start_date=datetime(2026, 1, 1), schedule=timedelta(minutes=10), catchup=False, max_active_runs=1) as dag:
    # Exit code 1 says that a run or a delivery failed, and its owner was told: the task fails, and the next tick tries again.
    BashOperator(
        task_id="run_due",
        bash_command="/srv/itsq/.venv/bin/itsq run-due -w /srv/itsq/ours",
        append_env=True,
        do_xcom_push=False,
    )
