#include "fem/output/fields.h"

#include "material/run/errors.h"
#include "material/run/text.h"

#include <deal.II/base/data_out_base.h>
#include <deal.II/base/exceptions.h>
#include <deal.II/numerics/data_out.h>
#include <deal.II/numerics/data_postprocessor.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <exception>
#include <filesystem>
#include <fstream>
#include <functional>

namespace revitra
{
  using namespace dealii;

  namespace
  {
    /// u = ũ + ε y e at the points of the output.
    template <int dim>
    class TotalDisplacement : public DataPostprocessorVector<dim>
    {
    public:
      explicit TotalDisplacement(const HomogeneousStrain &strain)
        : DataPostprocessorVector<dim>("displacement", update_values | update_quadrature_points)
        , strain(strain)
      {}

      void evaluate_vector_field(const DataPostprocessorInputs::Vector<dim> &fluctuation,
                                 std::vector<Vector<double>>                &displacement) const override
      {
        for (unsigned int q = 0; q < displacement.size(); ++q)
          {
            displacement[q] = fluctuation.solution_values[q];
            displacement[q][strain.component] += strain.value * fluctuation.evaluation_points[q][1];
          }
      }

    private:
      const HomogeneousStrain strain;
    };

    /// Runs `action` on each rank; if it throws on any, all throw WriteError with the message of the first that failed.
    void write_together(const MPI_Comm &communicator, const std::string &file, const std::function<void()> &action)
    {
      std::string problem;
      errno = 0;
      try
        {
          action();
        }
      catch (const std::exception &)
        {
          problem = file + ": cannot be written: " + (errno != 0 ? std::strerror(errno) : "unknown reason");
        }
      for (const std::string &message : Utilities::MPI::all_gather(communicator, problem))
        if (!message.empty())
          throw WriteError(message);
    }

    template <int dim>
    Vector<double> subdomains(const Triangulation<dim> &triangulation)
    {
      Vector<double> ids(triangulation.n_active_cells());
      ids = triangulation.locally_owned_subdomain();
      return ids;
    }

    /// As DataOutBase::write_pvd_record(), but with all digits of the times: records long after the start must not have
    /// the same.
    template <typename Records>
    void write_pvd_entries(std::ostream &out, const Records &records)
    {
      out << "<?xml version=\"1.0\"?>\n"
          << "<VTKFile type=\"Collection\" version=\"0.1\" ByteOrder=\"LittleEndian\">\n  <Collection>\n";
      for (const auto &[time, file] : records)
        out << "    <DataSet timestep=\"" << shortest(time) << "\" group=\"\" part=\"0\" file=\"" << file << "\"/>\n";
      out << "  </Collection>\n</VTKFile>\n";
    }

    /// Replaces fields.pvd at once, so that who reads it (or a run that is killed) never finds half of it. What the
    /// user has removed of the `records` is left out.
    template <int dim>
    void write_pvd(const std::string &directory, std::vector<typename FieldsWriter<dim>::Record> records)
    {
      const std::string file = directory + "/fields.pvd", temporary = file + ".tmp";
      records.erase(
        std::remove_if(records.begin(),
                       records.end(),
                       [&](const auto &record) { return !std::filesystem::exists(directory + '/' + record.second); }),
        records.end());
      {
        std::ofstream out(temporary);
        write_pvd_entries(out, records);
        out.close();
        AssertThrow(out, ExcFileNotOpen(temporary));
      }
      std::filesystem::rename(temporary, file);
    }
  } // namespace

  void remove_fields(const std::string &directory)
  {
    namespace fs = std::filesystem;
    std::error_code error;
    fs::remove(fs::path(directory) / "fields.pvd", error);
    for (fs::directory_iterator entry(fs::path(directory) / "fields", error), end; !error && entry != end;
         entry.increment(error))
      if (entry->path().filename().string().rfind("fields_", 0) == 0 && !fs::remove(entry->path(), error))
        break;
    if (error && error != std::errc::no_such_file_or_directory)
      throw WriteError(directory + ": the fields of an earlier run cannot be removed: " + error.message());
  }

  template <int dim>
  FieldsWriter<dim>::FieldsWriter(const std::string &directory, const MPI_Comm &communicator)
    : directory(directory)
    , communicator(communicator)
  {}

  template <int dim>
  void FieldsWriter<dim>::write(const double                         time,
                                const DoFHandler<dim>               &dof_handler,
                                const TrilinosWrappers::MPI::Vector &fluctuation,
                                const HomogeneousStrain             &strain,
                                const std::vector<CellField>        &cell_fields)
  {
    const TotalDisplacement<dim> displacement(strain);
    const Vector<double>         subdomain = subdomains(dof_handler.get_triangulation());

    DataOut<dim> data_out;
    data_out.attach_dof_handler(dof_handler);
    data_out.add_data_vector(fluctuation, displacement);
    for (const auto &[name, values] : cell_fields)
      data_out.add_data_vector(values, name, DataOut<dim>::type_cell_data);
    data_out.add_data_vector(subdomain, "subdomain", DataOut<dim>::type_cell_data);
    data_out.build_patches(dof_handler.get_fe().degree);

    const unsigned int number  = written.size() + 1;
    auto               records = written;
    data_out.set_flags(DataOutBase::VtkFlags(time,
                                             number,
                                             /* print_date_and_time = */ false,
                                             DataOutBase::VtkFlags::ZlibCompressionLevel::best_speed));

    const std::string  folder  = directory + "/fields/";
    const bool         is_root = Utilities::MPI::this_mpi_process(communicator) == 0;
    const unsigned int ranks   = Utilities::MPI::n_mpi_processes(communicator);
    write_together(communicator, folder, [&] {
      if (is_root)
        std::filesystem::create_directories(folder);
    });
    write_together(communicator, folder + "fields_" + Utilities::int_to_string(number, 4), [&] {
      // No groups means one file a rank, written without MPI I/O.
      const unsigned int groups = ranks > max_files_per_record ? max_files_per_record : 0;
      records.emplace_back(
        time, "fields/" + data_out.write_vtu_with_pvtu_record(folder, "fields", number, communicator, 4, groups));
    });
    write_together(communicator, directory + "/fields.pvd", [&] {
      if (is_root)
        write_pvd<dim>(directory, records);
    });
    written = std::move(records);
  }

  template <int dim>
  void FieldsWriter<dim>::restore_records(const std::vector<Record> &records)
  {
    written = records;
    write_together(communicator, directory + "/fields.pvd", [&] {
      if (!written.empty() && Utilities::MPI::this_mpi_process(communicator) == 0)
        write_pvd<dim>(directory, written);
    });
  }

  template class FieldsWriter<2>;
  template class FieldsWriter<3>;
} // namespace revitra
