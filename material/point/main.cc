#include "material/point/point_run.h"
#include "material/run/run_tool.h"

int main(int argc, char **argv)
{
  return revitra::run_tool(argc, argv, revitra::point_tool(), revitra::run_point);
}
