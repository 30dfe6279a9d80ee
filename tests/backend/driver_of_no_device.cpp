// Nothing of the driver's: the CUDA runtime finds it and reports an error.
int driver_of_no_device() { return 0; }
