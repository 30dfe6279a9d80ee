"""W4 by NEST: its astrocytes of Li and Rinzel, whose solver takes steps of 0.1 ms or shorter ones."""
import time

from equations import rates
from serve import case, serve

what = case(__doc__)

import nest  # noqa: E402
import numpy as np  # noqa: E402

STEP = 0.1  # [ms]
PARAMETERS = dict(IP3_0=0.16, tau_IP3=7142.0, Kd_IP3_1=0.13, Kd_IP3_2=0.9434, Kd_act=0.08234, Kd_inh=1.049, Km_SERCA=0.1,
                  k_IP3R=0.0002, rate_IP3R=0.006, rate_L=0.00011, rate_SERCA=0.0009, ratio_ER_cyt=0.185, Ca_tot=2.0)

if hasattr(nest, "VerbosityLevel"):
    nest.verbosity = nest.VerbosityLevel.ERROR
else:
    nest.set_verbosity("M_ERROR")


def turn():
    nest.ResetKernel()
    nest.local_num_threads = what.threads
    nest.resolution = STEP
    # As where cells are joined with delays of 1 ms; without, NEST's threads meet after every step.
    nest.set(min_delay=1.0, max_delay=1.0)
    cells = nest.Create("astrocyte_lr_1994", what.n, dict(PARAMETERS, Ca_astro=0.073, h_IP3R=0.793))
    cells.set(IP3=list(0.2 + 0.02 * rates(what.n)))
    nest.Prepare()
    begin = time.perf_counter()
    nest.Run(what.steps * STEP)
    seconds = time.perf_counter() - begin
    nest.Cleanup()
    return seconds, np.mean(cells.get("Ca_astro")) * np.mean(cells.get("h_IP3R"))


serve(f"NEST {nest.__version__}", turn)
