#include "fem/checkpoint/cell_records.h"

#include "material/base/errors.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <limits>
#include <memory>

namespace revitra
{
  using namespace dealii;

  namespace
  {
    constexpr double infinity = std::numeric_limits<double>::infinity();

    // The numbers of a point: the state, then the threshold.
    constexpr std::size_t sigma_c = State::size, crossed = sigma_c + 1, deficit = sigma_c + 2, point_size = sigma_c + 3;

    /// The state of a point and its threshold, one number after the other.
    void pack(const QuadratureHistory &history, const std::size_t p, double *values)
    {
      const Threshold &threshold = history.threshold[p];
      std::copy(history.state[p].values.begin(), history.state[p].values.end(), values);
      values[sigma_c] = threshold.stress;
      values[crossed] = threshold.crossed ? 1. : 0.;
      values[deficit] = threshold.deficit;
    }

    void unpack(const double *values, const std::size_t p, QuadratureHistory &history)
    {
      std::copy(values, values + State::size, history.state[p].values.begin());
      history.threshold[p] = {values[sigma_c], values[crossed] != 0., values[deficit]};
    }

    /// Whether `values` can be those of a cell with `n_points`: finite, but that a point may have no σ_c to reach.
    bool are_usable(const std::vector<double> &values, const std::size_t n_points)
    {
      for (std::size_t i = 0; i < values.size(); ++i)
        {
          const bool of_point        = i < n_points * point_size;
          const bool can_be_infinite = of_point && (i % point_size == sigma_c || i % point_size == deficit);
          if (!std::isfinite(values[i]) && !(can_be_infinite && values[i] == infinity))
            return false;
        }
      return true;
    }

    /// The cell that `id` is a child of.
    CellId parent_of(const CellId &id)
    {
      const auto                children = id.get_child_indices();
      std::vector<std::uint8_t> indices(children.begin(), children.end());
      indices.pop_back();
      return {id.get_coarse_cell_id(), indices};
    }

    /// Throws NumericsError on all ranks if any of them has a `problem`.
    void agree(const MPI_Comm &communicator, const std::string &problem)
    {
      for (const std::string &text : Utilities::MPI::all_gather(communicator, problem))
        if (!text.empty())
          throw NumericsError("the checkpoint cannot be used: " + text +
                              "; if its folder is moved away, --restart goes on from the one before");
    }

    struct Header
    {
      std::uint64_t cells;
      std::uint64_t record_size;
    };
  } // namespace

  template <int dim>
  void write_cells(CheckedFile                                         &file,
                   const QuadratureHistory                             &history,
                   const std::size_t                                    n_points,
                   const std::vector<typename CellRecords<dim>::Field> &fields)
  {
    std::size_t record_size = n_points * point_size;
    for (const auto &field : fields)
      record_size += field.first->get_fe().n_dofs_per_cell();
    const auto                      &triangulation = fields.front().first->get_triangulation();
    std::vector<CellId::binary_type> ids;
    for (const auto &cell : triangulation.active_cell_iterators())
      if (cell->is_locally_owned())
        ids.push_back(cell->id().template to_binary<dim>());
    const Header header{ids.size(), record_size};
    file.write(&header, sizeof(header));
    file.write(ids.data(), ids.size() * sizeof(ids[0]));

    std::vector<double>                  record(record_size), values;
    std::vector<types::global_dof_index> dofs;
    for (const auto &cell : triangulation.active_cell_iterators())
      if (cell->is_locally_owned())
        {
          for (std::size_t q = 0; q < n_points; ++q)
            pack(history, cell->active_cell_index() * n_points + q, &record[q * point_size]);
          auto place = record.begin() + n_points * point_size;
          for (const auto &[dof_handler, vector] : fields)
            {
              dofs.resize(dof_handler->get_fe().n_dofs_per_cell());
              values.resize(dofs.size());
              typename DoFHandler<dim>::active_cell_iterator(&triangulation, cell->level(), cell->index(), dof_handler)
                ->get_dof_indices(dofs);
              vector->extract_subvector_to(dofs, values);
              place = std::copy(values.begin(), values.end(), place);
            }
          file.write(record.data(), record_size * sizeof(double));
        }
  }

  template <int dim>
  CellRecords<dim>::CellRecords(const CheckpointFolder &checkpoint, const MPI_Comm &communicator)
    : communicator(communicator)
  {
    std::string problem;
    for (unsigned int rank = 0; rank < checkpoint.ranks && problem.empty(); ++rank)
      {
        files.push_back(checkpoint.path + '/' + cells_file(rank));
        std::ifstream stream(files.back(), std::ios::binary);
        Header        header{};
        stream.read(reinterpret_cast<char *>(&header), sizeof(header));
        std::vector<Id> ids(stream ? header.cells : 0);
        stream.read(reinterpret_cast<char *>(ids.data()), ids.size() * sizeof(Id));
        if (!stream)
          problem = files.back() + " is too short";
        record_size = header.record_size;
        for (std::size_t i = 0; i < ids.size(); ++i)
          entries.push_back(
            {ids[i], rank, sizeof(header) + ids.size() * sizeof(Id) + i * record_size * sizeof(double)});
      }
    agree(communicator, problem);
    std::sort(entries.begin(), entries.end(), [](const Entry &a, const Entry &b) { return a.id < b.id; });
  }

  template <int dim>
  void CellRecords<dim>::refine(parallel::distributed::Triangulation<dim> &triangulation) const
  {
    std::vector<Id> ancestors;
    for (const Entry &entry : entries)
      for (CellId id(entry.id); id.get_child_indices().size() > 0;)
        {
          id = parent_of(id);
          ancestors.push_back(id.to_binary<dim>());
        }
    std::sort(ancestors.begin(), ancestors.end());
    for (bool changes = true; changes;)
      {
        unsigned int marked = 0;
        for (const auto &cell : triangulation.active_cell_iterators())
          if (cell->is_locally_owned() &&
              std::binary_search(ancestors.begin(), ancestors.end(), cell->id().template to_binary<dim>()))
            {
              cell->set_refine_flag();
              ++marked;
            }
        changes = Utilities::MPI::max(marked, communicator) > 0;
        if (changes)
          triangulation.execute_coarsening_and_refinement();
      }
    if (triangulation.n_global_active_cells() != entries.size())
      throw NumericsError("the mesh of the checkpoint does not come from that of the deck");
  }

  template <int dim>
  void CellRecords<dim>::read(QuadratureHistory        &history,
                              const std::size_t         n_points,
                              const std::vector<Field> &fields) const
  {
    std::string problem;
    std::size_t expected = n_points * point_size;
    for (const Field &field : fields)
      expected += field.first->get_fe().n_dofs_per_cell();
    if (expected != record_size)
      problem = "its cells have other degrees of freedom than those of the deck";

    std::vector<std::unique_ptr<std::ifstream>> streams(files.size());
    std::vector<double>                         record(record_size);
    std::vector<types::global_dof_index>        dofs;
    const auto                                 &triangulation = fields.front().first->get_triangulation();
    for (const auto &cell : triangulation.active_cell_iterators())
      if (cell->is_locally_owned() && problem.empty())
        {
          const Id   id = cell->id().template to_binary<dim>();
          const auto entry =
            std::lower_bound(entries.begin(), entries.end(), id, [](const Entry &a, const Id &b) { return a.id < b; });
          if (entry == entries.end() || entry->id != id)
            {
              problem = "the cell " + cell->id().to_string() + " is not in it";
              break;
            }
          auto &stream = streams[entry->file];
          if (!stream)
            stream = std::make_unique<std::ifstream>(files[entry->file], std::ios::binary);
          stream->seekg(entry->place);
          if (!stream->read(reinterpret_cast<char *>(record.data()), record_size * sizeof(double)))
            {
              problem = files[entry->file] + " is too short";
              break;
            }
          if (!are_usable(record, n_points))
            {
              problem = files[entry->file] + " has numbers that are not finite, of the cell " + cell->id().to_string();
              break;
            }
          for (std::size_t q = 0; q < n_points; ++q)
            unpack(&record[q * point_size], cell->active_cell_index() * n_points + q, history);
          const double *place = record.data() + n_points * point_size;
          for (const auto &[dof_handler, vector] : fields)
            {
              dofs.resize(dof_handler->get_fe().n_dofs_per_cell());
              typename DoFHandler<dim>::active_cell_iterator(&triangulation, cell->level(), cell->index(), dof_handler)
                ->get_dof_indices(dofs);
              for (const auto dof : dofs)
                (*vector)(dof) = *place++;
            }
        }
    agree(communicator, problem);
    for (const Field &field : fields)
      field.second->compress(VectorOperation::insert);
  }

  template class CellRecords<2>;
  template class CellRecords<3>;
  template void write_cells<2>(CheckedFile &,
                               const QuadratureHistory &,
                               std::size_t,
                               const std::vector<CellRecords<2>::Field> &);
  template void write_cells<3>(CheckedFile &,
                               const QuadratureHistory &,
                               std::size_t,
                               const std::vector<CellRecords<3>::Field> &);
} // namespace revitra
