int answer_of_absent_library();
extern "C" __attribute__((visibility("default"))) int tripartite_cuda_module() { return answer_of_absent_library(); }
