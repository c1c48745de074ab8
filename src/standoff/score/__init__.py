"""Forecasts against what happened: proper scores, tables of forecasts, comparisons, back-tests.

rules.py        the scores of one forecast
calibration.py  what many forecasts together show: calibration, sharpness, Murphy's decomposition
table.py        forecasts and resolutions as plain CSV
questions.py    both together: what can be scored, as of when
score.py        scores by forecaster, and paired comparisons
runs.py         run folders as rows of the same table
variants.py     the model without hidden types, and without strategy
backtest.py     cases with a known ending, forecast at every date before it
"""
