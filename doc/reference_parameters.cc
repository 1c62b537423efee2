#include "material/input/deck.h"

#include <iostream>

/// Prints the parameter tables of doc/reference.md.
int main()
{
  revitra::write_manual_parameters(std::cout);
  return std::cout.flush() ? 0 : 1;
}
