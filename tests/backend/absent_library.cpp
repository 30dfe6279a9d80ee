int answer_of_absent_library() { return 42; }
