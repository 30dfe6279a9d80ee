#pragma once

#include "tripartite/parameter_info.hpp"

/// Parameters of a tripartite synapse (docs/models.md, part C), once: X(name, symbol, default, unit, least, meaning).
/// The names are those of the published model: what its papers print as Ω_f is `Omega_f`. No value is negative;
/// `positive` excludes 0 as well.
#define TRIPARTITE_SYNAPSE_PARAMETERS(X)                                                                             \
  X(U_0_star, "U_0*", 0.6, "", 0, "resting release probability of the synapse")                                      \
  X(Omega_f, "Ω_f", 3.33, "1/s", positive, "decay of facilitation")                                                  \
  X(Omega_d, "Ω_d", 2.0, "1/s", positive, "recovery of the releasable resources")                                    \
  X(rho_c, "ρ_c", 0.005, "", 0, "volume of a vesicle over that of the cleft")                                        \
  X(Y_T, "Y_T", 5e5, "uM", 0, "glutamate in the releasable vesicles")                                                \
  X(Omega_c, "Ω_c", 40.0, "1/s", positive, "clearance of glutamate from the cleft")                                  \
  X(O_G, "O_G", 1.5, "1/(uM s)", 0, "binding of gliotransmitter to presynaptic receptors")                           \
  X(Omega_G, "Ω_G", 0.5 / 60, "1/s", 0, "its unbinding")                                                             \
  X(alpha, "α", 0.0, "", 0, "release probability where all receptors are bound: 0 depresses, 1 potentiates release") \
  X(O_N, "O_N", 0.3, "1/(uM s)", 0, "binding of glutamate to the astrocyte's receptors")                             \
  X(Omega_N, "Ω_N", 0.5, "1/s", 0, "its unbinding")                                                                  \
  X(K_KC, "K_KC", 0.5, "uM", positive, "calcium that half activates the kinase that unbinds")                        \
  X(zeta, "ζ", 10.0, "", 0, "how much that kinase speeds up unbinding")                                              \
  X(O_beta, "O_β", 0.5, "uM/s", 0, "IP3 production by PLC beta")                                                     \
  X(O_delta, "O_δ", 0.6, "uM/s", 0, "IP3 production by PLC delta")                                                   \
  X(kappa_delta, "κ_δ", 1.5, "uM", positive, "IP3 that halves it")                                                   \
  X(K_delta, "K_δ", 0.1, "uM", positive, "calcium that half activates it")                                           \
  X(Omega_5P, "Ω_5P", 0.05, "1/s", 0, "IP3 degradation by the 5-phosphatase")                                        \
  X(O_3K, "O_3K", 4.5, "uM/s", 0, "IP3 degradation by the 3-kinase")                                                 \
  X(K_D, "K_D", 0.7, "uM", positive, "calcium that half activates it")                                               \
  X(K_3K, "K_3K", 1.0, "uM", positive, "IP3 that half saturates it")                                                 \
  X(F_ex, "F_ex", 0.09, "uM/s", 0, "exchange with the exogenous source of IP3")                                      \
  X(I_Theta, "I_Θ", 0.3, "uM", 0, "difference of IP3 at which exchange sets in")                                     \
  X(omega_I, "ω_I", 0.05, "uM", positive, "how sharply it does")                                                     \
  X(D_p, "D_p", 0.5, "1/s", 0, "exchange of IP3 between process and soma")                                           \
  X(O_P, "O_P", 0.9, "uM/s", 0, "calcium uptake by the SERCA pump")                                                  \
  X(K_P, "K_P", 0.05, "uM", positive, "calcium that half saturates it")                                              \
  X(C_T, "C_T", 2.0, "uM", positive, "free calcium of the cell by volume of its cytosol")                            \
  X(rho_A, "ρ_A", 0.18, "", positive, "volume of the endoplasmic reticulum over that of the cytosol")                \
  X(Omega_C, "Ω_C", 6.0, "1/s", 0, "calcium release where all IP3 receptors are open")                               \
  X(Omega_L, "Ω_L", 0.1, "1/s", 0, "calcium leak")                                                                   \
  X(d_1, "d_1", 0.13, "uM", positive, "IP3 binding of the receptor")                                                 \
  X(d_2, "d_2", 1.05, "uM", positive, "its inactivation by calcium")                                                 \
  X(d_3, "d_3", 0.9434, "uM", positive, "IP3 unbinding of the receptor")                                             \
  X(d_5, "d_5", 0.08, "uM", positive, "its activation by calcium")                                                   \
  X(O_2, "O_2", 0.2, "1/(uM s)", 0, "binding rate of inactivating calcium")                                          \
  X(C_Theta, "C_Θ", 0.5, "uM", positive, "calcium that releases gliotransmitter when it is crossed upwards")         \
  X(Omega_A, "Ω_A", 0.6, "1/s", 0, "recovery of the releasable gliotransmitter")                                     \
  X(U_A, "U_A", 0.6, "", 0, "fraction of it that one event releases")                                                \
  X(G_T, "G_T", 2e5, "uM", 0, "gliotransmitter in the releasable vesicles")                                          \
  X(rho_e, "ρ_e", 6.5e-4, "", 0, "volume of a vesicle over that of the extracellular space")                         \
  X(Omega_e, "Ω_e", 60.0, "1/s", positive, "clearance of gliotransmitter from the extracellular space")

namespace tripartite::synapse {

/// One value per parameter; `Value` is a number, or a pack with the values of many synapses.
template <class Value>
struct Parameters {
#define TRIPARTITE_MEMBER(name, symbol, standard, unit, least, meaning) Value name;
  TRIPARTITE_SYNAPSE_PARAMETERS(TRIPARTITE_MEMBER)
#undef TRIPARTITE_MEMBER
};

/// The places of the parameters in arrays, in the order of the list.
enum ParameterIndex {
#define TRIPARTITE_INDEX(name, symbol, standard, unit, least, meaning) index_##name,
  TRIPARTITE_SYNAPSE_PARAMETERS(TRIPARTITE_INDEX)
#undef TRIPARTITE_INDEX
      parameter_count
};

template <class Value>
using ParameterMember = Value Parameters<Value>::*;

/// The same members by their place.
template <class Value>
static constexpr ParameterMember<Value> parameter_members[] = {
#define TRIPARTITE_POINTER(name, symbol, standard, unit, least, meaning) &Parameters<Value>::name,
    TRIPARTITE_SYNAPSE_PARAMETERS(TRIPARTITE_POINTER)
#undef TRIPARTITE_POINTER
};

using tripartite::positive;

constexpr ParameterInfo parameter_infos[] = {
#define TRIPARTITE_INFO(name, symbol, standard, unit, least, meaning) \
  {#name, symbol, standard, unit, (least) != 0, meaning},
    TRIPARTITE_SYNAPSE_PARAMETERS(TRIPARTITE_INFO)
#undef TRIPARTITE_INFO
};

/// Every parameter at its default.
inline Parameters<double> standard_parameters() {
  Parameters<double> parameters{};
  for (int i = 0; i < parameter_count; ++i) parameters.*parameter_members<double>[i] = parameter_infos[i].standard;
  return parameters;
}

/// The same values in another type.
template <class To, class From>
Parameters<To> converted(const Parameters<From>& from) {
  Parameters<To> to{};
  for (int i = 0; i < parameter_count; ++i) to.*parameter_members<To>[i] = To(from.*parameter_members<From>[i]);
  return to;
}

}  // namespace tripartite::synapse
