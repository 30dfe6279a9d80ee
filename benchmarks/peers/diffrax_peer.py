"""W1 by diffrax: its solvers, compiled by JAX, on the CPU or the GPU that JAX finds."""
import os
import time

from equations import INITIAL, PARAMETERS, rates
from serve import case, serve

what = case(__doc__)
if hasattr(os, "sched_setaffinity"):  # JAX has as many threads as it may use cores
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:what.threads])

import jax  # noqa: E402

jax.config.update("jax_enable_x64", what.precision == "float64")

import diffrax  # noqa: E402
import jax.numpy as jnp  # noqa: E402
import numpy as np  # noqa: E402

DT = 1e-3
real = jnp.float64 if what.precision == "float64" else jnp.float32


class ClassicalRungeKutta(diffrax.AbstractERK):
    """The classical method, which diffrax leaves to its users; without an estimate of the error."""
    tableau = diffrax.ButcherTableau(
        a_lower=(np.array([0.5]), np.array([0.0, 0.5]), np.array([0.0, 0.0, 1.0])), b_sol=np.array([1, 2, 2, 1]) / 6,
        b_error=np.zeros(4), c=np.array([0.5, 0.5, 1.0]))
    interpolation_cls = diffrax.LocalLinearInterpolation

    def order(self, terms):
        return 4


def slopes(t, y, nu):
    p = PARAMETERS
    u, x, Y, Gamma_S, Gamma_A, I, C, h, x_A, G_A = y
    arriving = (p["U_0_star"] + Gamma_S * (p["alpha"] - p["U_0_star"])) * (1 - u)
    flow = (u + arriving) * x * nu
    C2 = C * C
    C4 = C2 * C2
    open_ = I * C * h / ((I + p["d_1"]) * (C + p["d_5"]))
    Q_2 = p["d_2"] * (I + p["d_1"]) / (I + p["d_3"])
    return (arriving * nu - p["Omega_f"] * u,
            p["Omega_d"] * (1 - x) - flow,
            p["rho_c"] * p["Y_T"] * flow - p["Omega_c"] * Y,
            p["O_G"] * G_A * (1 - Gamma_S) - p["Omega_G"] * Gamma_S,
            p["O_N"] * Y * (1 - Gamma_A) - p["Omega_N"] * (1 + p["zeta"] * C / (C + p["K_KC"])) * Gamma_A,
            p["O_beta"] * Gamma_A + p["O_delta"] * p["kappa_delta"] * C2 / ((p["kappa_delta"] + I) * (C2 + p["K_delta"]**2))
            - p["O_3K"] * C4 * I / ((C4 + p["K_D"]**4) * (I + p["K_3K"])) - p["Omega_5P"] * I,
            (p["Omega_C"] * open_**3 + p["Omega_L"]) * (p["C_T"] - (1 + p["rho_A"]) * C) - p["O_P"] * C2 / (C2 + p["K_P"]**2),
            p["O_2"] * (Q_2 - (Q_2 + C) * h),
            p["Omega_A"] * (1 - x_A),
            -p["Omega_e"] * G_A)


solver = ClassicalRungeKutta() if what.method == "rk4" else diffrax.Euler()
term = diffrax.ODETerm(slopes)


@jax.jit
def simulate(start, nu):
    def step(y, k):
        t = k * DT
        after = solver.step(term, t, t + DT, y, nu, None, made_jump=True)[0]
        u, x, Y, Gamma_S, Gamma_A, I, C, h, x_A, G_A = after
        crossed = (y[6] <= PARAMETERS["C_Theta"]) & (C > PARAMETERS["C_Theta"])
        sent = jnp.where(crossed, PARAMETERS["U_A"] * x_A, 0)
        return (u, x, Y, Gamma_S, Gamma_A, I, C, h, x_A - sent, G_A + PARAMETERS["rho_e"] * PARAMETERS["G_T"] * sent), None

    return jax.lax.scan(step, start, jnp.arange(what.steps))[0]


nu = jnp.asarray(rates(what.n), real)
start = tuple(jnp.full(what.n, value, real) for value in INITIAL.values())
simulate(start, nu)[0].block_until_ready()  # compiled


def turn():
    begin = time.perf_counter()
    end = jax.block_until_ready(simulate(start, nu))
    seconds = time.perf_counter() - begin
    return seconds, np.mean(np.asarray(end[2], np.float64)) * np.mean(np.asarray(end[6], np.float64))


device = jax.devices()[0]
serve(f"diffrax {diffrax.__version__} on JAX {jax.__version__}" + ("" if device.platform == "cpu" else f", {device.device_kind}"), turn)
