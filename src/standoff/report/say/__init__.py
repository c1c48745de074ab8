"""What the commands about one analysis print, a file each, in the manner of `report.terminal`."""
