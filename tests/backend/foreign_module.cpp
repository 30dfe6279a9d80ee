// A shared object without a table of factories.
extern "C" __attribute__((visibility("default"))) int something_else() { return 0; }
