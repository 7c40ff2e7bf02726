// SPDX-License-Identifier: MIT
// Prints a document with the tables of errors in it: error-reference docs/errors.md
#include <fstream>
#include <iostream>
#include <iterator>

#include "tests/support/error_reference.hpp"

int main(int argc, char** argv) {
  std::ifstream file(argc == 2 ? argv[1] : "");
  if (!file) {
    std::cerr << "usage: error-reference FILE\n";
    return 2;
  }
  std::cout << dockerext::WithErrorTables({std::istreambuf_iterator<char>(file), {}});
}
