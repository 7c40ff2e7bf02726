// SPDX-License-Identifier: MIT
// Prints a document with the table of distributions in it: distro-reference docs/distributions.md
#include <fstream>
#include <iostream>
#include <iterator>

#include "tests/support/distro_reference.hpp"

int main(int argc, char** argv) {
  std::ifstream file(argc == 2 ? argv[1] : "");
  if (!file) {
    std::cerr << "usage: distro-reference FILE\n";
    return 2;
  }
  std::cout << dockerext::WithDistroTable({std::istreambuf_iterator<char>(file), {}});
}
