"""The pages: one folder per report; facts in, parts out."""
