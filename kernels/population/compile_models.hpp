// TRIPARTITE_KERNELS(family) for every model of the headers that follow; included more than once, hence no guard.
#undef TRIPARTITE_MODEL
#define TRIPARTITE_MODEL(M) TRIPARTITE_KERNELS(Plain<M>)
#undef TRIPARTITE_CALCIUM_MODEL
#define TRIPARTITE_CALCIUM_MODEL(C)            \
  TRIPARTITE_KERNELS(On<TripartiteSynapse, C>) \
  TRIPARTITE_KERNELS(On<Astrocyte, C>)
