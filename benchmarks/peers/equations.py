"""Part C of docs/models.md for simulators that are asked in Python: parameters and initial values of W1 and W5."""

# Rates are in 1/s, concentrations in uM.
PARAMETERS = dict(
    U_0_star=0.6, alpha=0.0, Omega_f=3.33, Omega_d=2.0, rho_c=0.005, Y_T=5e5, Omega_c=40.0, O_G=1.5, Omega_G=0.5 / 60,
    O_N=0.3, Omega_N=0.5, K_KC=0.5, zeta=10.0, O_beta=0.5, O_delta=1.2, kappa_delta=1.5, K_delta=0.1, O_3K=4.5, K_D=0.7,
    K_3K=1.0, Omega_5P=0.05, Omega_C=6.0, Omega_L=0.1, C_T=2.0, rho_A=0.18, O_P=0.9, K_P=0.05, d_1=0.13, d_2=1.05,
    d_3=0.9434, d_5=0.08, O_2=0.2, C_Theta=0.5, U_A=0.6, Omega_A=0.6, rho_e=6.5e-4, G_T=2e5, Omega_e=60.0)

INITIAL = dict(u=0.0, x=1.0, Y=0.0, Gamma_S=0.0, Gamma_A=0.0, I=0.01, C=0.01, h=0.9, x_A=1.0, G_A=0.0)


def rates(count):
    """Firing rate of each synapse [1/s] (host/bench/problem.hpp)."""
    import numpy as np
    return 20 * ((np.arange(count) + 1) * 0.6180339887498949 % 1.0)
