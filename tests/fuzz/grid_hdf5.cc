#include "fem/initial_fields/grid_file.h"
#include "tests/fuzz/reader.h"

#include <fuzzer/FuzzedDataProvider.h>

#include <algorithm>
#include <hdf5.h>
#include <vector>

using namespace revitra;

namespace
{
  /// A file of HDF5, well formed, with a dataset and attributes of all kinds: what HDF5 makes of broken files is its
  /// own affair.
  class GridWriter
  {
  public:
    explicit GridWriter(FuzzedDataProvider &input)
      : input(input)
    {}

    /// The contents of the file.
    std::vector<std::uint8_t> write()
    {
      const hid_t in_memory = H5Pcreate(H5P_FILE_ACCESS);
      H5Pset_fapl_core(in_memory, 4096, false);
      const hid_t file = H5Fcreate("grid.h5", H5F_ACC_TRUNC, H5P_DEFAULT, in_memory);
      if (file < 0)
        fuzz::fault("no file of HDF5");
      write_dataset(file, input.ConsumeIntegralInRange(0, 9) > 0 ? "values" : "others");
      H5Fflush(file, H5F_SCOPE_GLOBAL);
      std::vector<std::uint8_t> bytes(H5Fget_file_image(file, nullptr, 0));
      H5Fget_file_image(file, bytes.data(), bytes.size());
      H5Fclose(file);
      H5Pclose(in_memory);
      return bytes;
    }

  private:
    hid_t type()
    {
      const hid_t types[] = {H5T_NATIVE_DOUBLE,
                             H5T_NATIVE_FLOAT,
                             H5T_NATIVE_INT8,
                             H5T_NATIVE_UINT64,
                             H5T_STD_I16BE,
                             H5T_IEEE_F64BE,
                             H5T_NATIVE_LDOUBLE,
                             H5T_C_S1,
                             H5T_NATIVE_OPAQUE,
                             H5T_STD_REF_OBJ};
      return input.PickValueInArray(types);
    }

    hid_t space()
    {
      std::vector<hsize_t> shape(input.ConsumeIntegralInRange(0, 4));
      for (hsize_t &length : shape)
        length = input.ConsumeIntegralInRange(0, 9) > 0 ? input.ConsumeIntegralInRange<hsize_t>(0, 5)
                                                        : hsize_t(1) << input.ConsumeIntegralInRange(0, 50);
      const bool null = input.ConsumeIntegralInRange(0, 19) == 0;
      return null ? H5Screate(H5S_NULL) : H5Screate_simple(shape.size(), shape.data(), nullptr);
    }

    /// As many bytes as `space` has elements of `type`, if these are few.
    std::vector<std::uint8_t> contents(const hid_t type, const hid_t space)
    {
      constexpr hssize_t most  = 1000;
      const hssize_t     count = H5Sget_simple_extent_npoints(space);
      if (count <= 0 || count > most)
        return {};
      std::vector<std::uint8_t> bytes = input.ConsumeBytes<std::uint8_t>(count * H5Tget_size(type));
      bytes.resize(count * H5Tget_size(type), 0x3f);
      return bytes;
    }

    void write_dataset(const hid_t file, const char *const name)
    {
      const hid_t kind = type(), extent = space();
      const hid_t dataset = H5Dcreate2(file, name, kind, extent, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
      if (dataset >= 0)
        {
          for (const char *attribute : {"origin", "spacing"})
            if (input.ConsumeIntegralInRange(0, 9) > 0)
              write_attribute(dataset, attribute);
          if (const auto bytes = contents(kind, extent); !bytes.empty())
            H5Dwrite(dataset, kind, H5S_ALL, H5S_ALL, H5P_DEFAULT, bytes.data());
          H5Dclose(dataset);
        }
      H5Sclose(extent);
    }

    void write_attribute(const hid_t dataset, const char *const name)
    {
      const hid_t kind = type(), extent = space();
      if (const auto bytes = contents(kind, extent); !bytes.empty())
        {
          const hid_t attribute = H5Acreate2(dataset, name, kind, extent, H5P_DEFAULT, H5P_DEFAULT);
          if (attribute >= 0)
            {
              H5Awrite(attribute, kind, bytes.data());
              H5Aclose(attribute);
            }
        }
      H5Sclose(extent);
    }

    FuzzedDataProvider &input;
  };

  template <int dim>
  void read(const std::string &file)
  {
    FileProblems        problems(file);
    const GridData<dim> grid = read_grid_file<dim>(file, problems);
    if (!problems.empty())
      return fuzz::check_problems(problems.lines());
    std::size_t n_points = 1;
    for (unsigned int d = 0; d < dim; ++d)
      n_points *= grid.n_points[d];
    if (grid.values.size() != n_points)
      fuzz::fault("not a value for each point");
  }
} // namespace

extern "C" int LLVMFuzzerInitialize(int *, char ***)
{
  H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);    // some of the files cannot be made
  H5set_free_list_limits(-1, -1, -1, -1, -1, -1); // keeps the megabytes it takes for each file
  return 0;
}

/// Grids in files of HDF5.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, const std::size_t size)
{
  static const fuzz::MemoryFile file;
  FuzzedDataProvider            input(data, size);
  const auto                    bytes = GridWriter(input).write();
  const std::string             name  = file.with(bytes.data(), bytes.size());
  read<2>(name);
  read<3>(name);
  return 0;
}
