"""W1 and W5 by Brian2: a standalone program in C++, whose simulation loop alone is timed."""
import json
import pathlib
import tempfile

from equations import INITIAL, PARAMETERS, rates
from serve import case, serve

what = case(__doc__)

import brian2  # noqa: E402
import numpy as np  # noqa: E402
from brian2 import Hz, NeuronGroup, Synapses, defaultclock, device, ms, prefs, set_device  # noqa: E402

SYNAPSE = """
du/dt = U_0*(1 - u)*nu_in - Omega_f*u : 1
dx/dt = Omega_d*(1 - x) - flow : 1
dY/dt = rho_c*Y_T*flow - Omega_c*Y : 1
dGamma_S/dt = O_G*G_A*(1 - Gamma_S) - Omega_G*Gamma_S : 1
dGamma_A/dt = O_N*Y*(1 - Gamma_A) - Omega_N*(1 + zeta*C/(C + K_KC))*Gamma_A : 1
dI/dt = O_beta*Gamma_A + O_delta*kappa_delta/(kappa_delta + I)*C**2/(C**2 + K_delta**2) - O_3K*C**4/(C**4 + K_D**4)*I/(I + K_3K) - Omega_5P*I : 1
dC/dt = (Omega_C*m**3 + Omega_L)*(C_T - (1 + rho_A)*C) - O_P*C**2/(C**2 + K_P**2) : 1
dh/dt = O_2*(Q_2 - (Q_2 + C)*h) : 1
dx_A/dt = Omega_A*(1 - x_A) : 1
dG_A/dt = -Omega_e*G_A : 1
U_0 = U_0_star + Gamma_S*(alpha - U_0_star) : 1
flow = (u + U_0*(1 - u))*x*nu_in : Hz
m = I*C*h/((I + d_1)*(C + d_5)) : 1
Q_2 = d_2*(I + d_1)/(I + d_3) : 1
"""
RELEASE = """
G_A += rho_e*G_T*U_A*x_A
x_A -= U_A*x_A
"""
PER_SECOND = {name for name in PARAMETERS if name.startswith(("Omega_", "O_"))}
names = {name: value * Hz if name in PER_SECOND else value for name, value in PARAMETERS.items()}

brian2.BrianLogger.log_level_error()
set_device("cpp_standalone", build_on_run=False)
prefs.devices.cpp_standalone.openmp_threads = what.threads if what.threads > 1 else 0
if what.precision == "float32":
    prefs.core.default_float_dtype = np.float32
defaultclock.dt = 1 * ms


def start(group):
    for name, value in INITIAL.items():
        setattr(group, name, value)


if what.workload == "W1":
    synapses = NeuronGroup(what.n, SYNAPSE + "nu_in : Hz (constant)\n", threshold="C > C_Theta", refractory="C > C_Theta",
                           reset=RELEASE, method=what.method, namespace=names)
    synapses.nu_in = rates(what.n) * Hz
    observed = [(synapses, "Y"), (synapses, "C")]
    objects = [synapses]
else:
    names.update(tau_nu=20 * ms, nu_max=60 * Hz, theta=10 * Hz, sigma=1.5 * Hz, external=3 * Hz, efficacy=0.03)
    neurons = NeuronGroup(what.n, "dnu/dt = (nu_max/(1 + exp((theta - external - drive)/sigma)) - nu)/tau_nu : Hz\ndrive : Hz",
                          method=what.method, namespace=names, name="neurons")
    neurons.nu = 1 * Hz
    clocked = "".join(line + (" (clock-driven)" if line.startswith("d") else "") + "\n" for line in SYNAPSE.splitlines())
    # What is exchanged is held through a step. Sums come first; objects of one order follow their names, and synapses
    # must see the rates of the beginning of the step.
    synapses = Synapses(neurons, neurons, clocked.replace("nu_in", "nu_pre") + "C_before : 1\ndrive_post = efficacy*flow : Hz (summed)\n",
                        method=what.method, namespace=names, name="connections")
    sources = np.array(json.loads(pathlib.Path(what.sources).read_text()))
    synapses.connect(i=sources, j=np.repeat(np.arange(what.n), what.second))
    synapses.C_before = INITIAL["C"]
    release = synapses.run_regularly("""
        crossed = int(C > C_Theta)*int(C_before <= C_Theta)
        G_A += crossed*rho_e*G_T*U_A*x_A
        x_A -= crossed*U_A*x_A
        C_before = C""", when="after_groups")
    observed = [(neurons, "nu"), (synapses, "C")]
    objects = [neurons, synapses, release]
start(synapses)

with tempfile.TemporaryDirectory(dir=what.folder) as folder:
    network = brian2.Network(objects)
    network.run(what.steps * ms)
    device.build(directory=folder, compile=True, run=False, debug=False)

    def turn():
        device.run(folder, with_output=False, run_args=[])
        return device._last_run_time, np.prod([np.mean(np.asarray(getattr(group, state))[:]) for group, state in observed])

    serve(f"Brian2 {brian2.__version__} C++ standalone", turn)
