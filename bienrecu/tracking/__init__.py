"""Who opened: the image, a person or a machine, and whether it may be asked at all."""
