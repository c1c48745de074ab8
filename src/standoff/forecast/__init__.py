"""Draws, weights by history and testimony, the mixture, its bands, and simulated paths."""

from standoff.forecast.ensemble import Workers
from standoff.forecast.forecast import Forecast, forecast
from standoff.forecast.settings import Settings

__all__ = ["Forecast", "Settings", "Workers", "forecast"]
