#include "fem/output/fields.h"

#include "material/base/errors.h"
#include "material/base/text.h"

#include <deal.II/base/bounding_box.h>
#include <deal.II/base/data_out_base.h>
#include <deal.II/base/exceptions.h>
#include <deal.II/numerics/data_out.h>
#include <deal.II/numerics/data_postprocessor.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <exception>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iomanip>
#include <limits>
#include <tuple>

namespace revitra
{
  using namespace dealii;

  namespace
  {
    /// Field files have seven digits of a coordinate. A specimen that is farther than this, in its diagonals, from the
    /// origin is written as if its lower corner were there.
    constexpr double farthest = 100.;

    /// The box around the mesh, which every rank knows: the coarse cells.
    template <int dim>
    BoundingBox<dim> box_around(const Triangulation<dim> &triangulation)
    {
      std::vector<Point<dim>> vertices;
      for (const auto &cell : triangulation.cell_iterators_on_level(0))
        for (const unsigned int v : cell->vertex_indices())
          vertices.push_back(cell->vertex(v));
      return BoundingBox<dim>(vertices);
    }

    /// What the coordinates in the field files are counted from: the origin, or the lower corner of a specimen far off.
    template <int dim>
    Point<dim> origin_of_points(const BoundingBox<dim> &box)
    {
      const auto &[lower, upper] = box.get_boundary_points();
      double distance            = 0.;
      for (unsigned int d = 0; d < dim; ++d)
        distance = std::max({distance, std::abs(lower[d]), std::abs(upper[d])});
      return distance > farthest * lower.distance(upper) ? lower : Point<dim>();
    }

    /// u = ũ + ε (y − y₀) e at the points of the output, y₀ at the bottom platen.
    template <int dim>
    class TotalDisplacement : public DataPostprocessorVector<dim>
    {
    public:
      TotalDisplacement(const HomogeneousStrain &strain, const double bottom)
        : DataPostprocessorVector<dim>("displacement", update_values | update_quadrature_points)
        , strain(strain)
        , bottom(bottom)
      {}

      void evaluate_vector_field(const DataPostprocessorInputs::Vector<dim> &fluctuation,
                                 std::vector<Vector<double>>                &displacement) const override
      {
        for (unsigned int q = 0; q < displacement.size(); ++q)
          {
            displacement[q] = fluctuation.solution_values[q];
            displacement[q][strain.component] += strain.value * (fluctuation.evaluation_points[q][1] - bottom);
          }
      }

    private:
      const HomogeneousStrain strain;
      const double            bottom;
    };

    /// Data with whole tensors, and with points counted from elsewhere than the origin.
    template <int dim>
    class SpecimenData : public DataOut<dim>
    {
    public:
      /// Adds a tensor; to be called after all data at points, and before other data of cells.
      void add_tensor(const CellTensor &tensor)
      {
        tensors.push_back(tensor.first);
        for (unsigned int i = 0; i < tensor.second.size(); ++i)
          this->add_data_vector(tensor.second[i], tensor.first + '_' + std::to_string(i), DataOut<dim>::type_cell_data);
      }

      /// To be called after build_patches().
      void count_points_from(const Point<dim> &origin)
      {
        for (auto &patch : this->patches)
          for (Point<dim> &vertex : patch.vertices)
            vertex -= Tensor<1, dim>(origin);
      }

    protected:
      using Range =
        std::tuple<unsigned int, unsigned int, std::string, DataComponentInterpretation::DataComponentInterpretation>;

      /// deal.II does not know tensors of cells, only of degrees of freedom.
      std::vector<Range> get_nonscalar_data_ranges() const override
      {
        std::vector<Range> ranges = DataOut<dim>::get_nonscalar_data_ranges();
        unsigned int       first  = dim; // behind the displacement
        for (const std::string &name : tensors)
          {
            ranges.emplace_back(first, first + 8, name, DataComponentInterpretation::component_is_part_of_tensor);
            first += 9;
          }
        return ranges;
      }

    private:
      std::vector<std::string> tensors;
    };

    /// Those of the ranks for which `belongs` is true; MPI_COMM_NULL on the others.
    class SomeRanks
    {
    public:
      SomeRanks(const MPI_Comm &communicator, const bool belongs)
      {
        const int error = MPI_Comm_split(
          communicator, belongs ? 0 : MPI_UNDEFINED, Utilities::MPI::this_mpi_process(communicator), &some);
        AssertThrowMPI(error);
      }

      SomeRanks(const SomeRanks &)            = delete;
      SomeRanks &operator=(const SomeRanks &) = delete;

      ~SomeRanks()
      {
        if (belongs())
          MPI_Comm_free(&some);
      }

      bool belongs() const { return some != MPI_COMM_NULL; }

      const MPI_Comm &communicator() const { return some; }

    private:
      MPI_Comm some = MPI_COMM_NULL;
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

    /// Writes into `file` what its points are counted from, unless it is the origin.
    template <int dim>
    void note_origin(const std::string &file, const Point<dim> &origin)
    {
      if (origin == Point<dim>())
        return;
      std::ofstream out(file, std::ios::app);
      out << std::setprecision(std::numeric_limits<double>::max_digits10) << "<!-- points are counted from " << origin
          << " -->\n";
      out.close();
      AssertThrow(out, ExcFileNotOpen(file));
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
  void FieldsWriter<dim>::write(const double                  time,
                                const DoFHandler<dim>        &dof_handler,
                                const linear_algebra::Vector &fluctuation,
                                const HomogeneousStrain      &strain,
                                const CellFields             &cell_fields)
  {
    const auto                  &triangulation = dof_handler.get_triangulation();
    const BoundingBox<dim>       box           = box_around(triangulation);
    const Point<dim>             origin        = origin_of_points(box);
    const TotalDisplacement<dim> displacement(strain, box.get_boundary_points().first[1]);
    const Vector<double>         subdomain = subdomains(triangulation);

    SpecimenData<dim> data_out;
    data_out.attach_dof_handler(dof_handler);
    data_out.add_data_vector(fluctuation, displacement);
    for (const CellTensor &tensor : cell_fields.tensors)
      data_out.add_tensor(tensor);
    for (const auto &[name, values] : cell_fields.scalars)
      data_out.add_data_vector(values, name, DataOut<dim>::type_cell_data);
    data_out.add_data_vector(subdomain, "subdomain", DataOut<dim>::type_cell_data);
    data_out.build_patches(dof_handler.get_fe().degree);
    data_out.count_points_from(origin);

    const unsigned int number  = written.size() + 1;
    auto               records = written;
    data_out.set_flags(DataOutBase::VtkFlags(time,
                                             number,
                                             /* print_date_and_time = */ false,
                                             decltype(DataOutBase::VtkFlags::compression_level)::best_speed));

    const std::string folder  = directory + "/fields/";
    const std::string record  = "fields_" + Utilities::int_to_string(number, 4);
    const bool        is_root = Utilities::MPI::this_mpi_process(communicator) == 0;
    write_together(communicator, folder, [&] {
      if (is_root)
        std::filesystem::create_directories(folder);
    });
    // VTK takes a piece without cells for an error.
    const SomeRanks with_cells(communicator, !data_out.get_patches().empty());
    write_together(communicator, folder + record, [&] {
      if (!with_cells.belongs())
        return;
      // No groups means one file a rank, written without MPI I/O.
      const unsigned int ranks  = Utilities::MPI::n_mpi_processes(with_cells.communicator());
      const unsigned int groups = ranks > max_files_per_record ? max_files_per_record : 0;
      data_out.write_vtu_with_pvtu_record(folder, "fields", number, with_cells.communicator(), 4, groups);
      if (Utilities::MPI::this_mpi_process(with_cells.communicator()) == 0)
        note_origin(folder + record + ".pvtu", origin);
    });
    records.emplace_back(time, "fields/" + record + ".pvtu");
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
