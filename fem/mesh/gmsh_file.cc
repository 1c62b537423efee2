#include "fem/mesh/gmsh_file.h"

#include "material/base/errors.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <string_view>
#include <unordered_map>

namespace revitra
{
  namespace
  {
    constexpr char allowed[] = "; allowed is a gmsh mesh in ASCII, format 4.1 or 2.2";

    /// Returns true if elements of `type` can be used in a specimen: lines, quadrilaterals and hexahedra with straight
    /// edges.
    bool is_of_use(const unsigned int type)
    {
      return type == 1 || type == 3 || type == 5;
    }

    /// Successive words and numbers of a file's text.
    class GmshText
    {
    public:
      GmshText(const std::string &file, const std::string &text)
        : file(file)
        , text(text)
      {}

      bool at_end()
      {
        while (position < text.size() && std::isspace(static_cast<unsigned char>(text[position])))
          ++position;
        return position == text.size();
      }

      std::string_view word()
      {
        if (at_end())
          fail("ends too early");
        const std::size_t begin = position;
        while (position < text.size() && !std::isspace(static_cast<unsigned char>(text[position])))
          ++position;
        return std::string_view(text).substr(begin, position - begin);
      }

      template <typename T>
      T number()
      {
        const std::string_view word  = this->word();
        T                      value = {};
        const auto             end   = word.data() + word.size();
        const auto             read  = std::from_chars(word.data(), end, value);
        if (read.ec != std::errc() || read.ptr != end || !std::isfinite(static_cast<double>(value)))
          fail("`" + std::string(word) + "` where a number should be");
        return value;
      }

      std::string quoted()
      {
        const std::size_t end =
          at_end() || text[position] != '"' ? std::string::npos : text.find_first_of("\"\n", position + 1);
        if (end == std::string::npos || text[end] == '\n')
          fail("a name in \"quotes\" should be here");
        const std::string name = text.substr(position + 1, end - position - 1);
        position               = end + 1;
        return name;
      }

      /// Reads the number of a physical group, negative if the group is reversed.
      int group()
      {
        const int number = this->number<int>();
        if (number == std::numeric_limits<int>::min()) // which has no counterpart
          fail("`" + std::to_string(number) + "` where the number of a group should be");
        return std::abs(number);
      }

      void skip_line() { position = std::min(text.find('\n', position), text.size()); }

      void skip_to(const std::string &end)
      {
        const std::size_t found = text.find(end, position);
        if (found == std::string::npos)
          fail("has no " + end);
        position = found + end.size();
      }

      /// Reports an error in what was read last.
      [[noreturn]] void fail(const std::string &what) const
      {
        const auto line = 1 + std::count(text.begin(), text.begin() + position, '\n');
        refuse("line " + std::to_string(line) + ": " + what);
      }

      [[noreturn]] void refuse(const std::string &what) const { throw DeckError({mesh_problem(file, what + allowed)}); }

    private:
      const std::string &file;
      const std::string &text;
      std::size_t        position = 0;
    };

    /// Reader of the sections of a file.
    class GmshReader
    {
    public:
      explicit GmshReader(GmshText &text)
        : text(text)
      {}

      GmshFile read();

    private:
      void read_format();
      void read_section(const std::string &section);
      void read_names();
      void read_entities();
      void read_nodes();
      void read_parametric_nodes();
      void read_elements();
      void read_block_of_nodes();
      void read_block_of_elements();
      void add_node(std::size_t number);
      void read_point(dealii::Point<3> &point);
      void read_element(unsigned int type, std::size_t number, const std::vector<int> &groups);
      void resolve_nodes();

      using Entity = std::pair<unsigned int, int>; ///< {dimension, number}

      GmshText                                    &text;
      bool                                         in_blocks = false; ///< format 4.1
      GmshFile                                     mesh;
      std::map<Entity, std::vector<int>>           groups_of; ///< format 4.1
      std::map<unsigned int, GmshFile::Unusable>   unusable;  ///< by type
      std::unordered_map<std::size_t, std::size_t> node_index;
    };

    GmshFile GmshReader::read()
    {
      read_format();
      while (!text.at_end())
        {
          const std::string section(text.word());
          if (section.size() < 2 || section[0] != '$')
            text.fail("`" + section + "` where a section, $Name, should begin");
          read_section(section.substr(1));
        }
      resolve_nodes();
      for (auto &[type, elements] : unusable)
        mesh.unusable.push_back(elements);
      return std::move(mesh);
    }

    void GmshReader::read_format()
    {
      if (text.at_end() || text.word() != "$MeshFormat")
        text.fail("is not a gmsh mesh");
      const std::string version(text.word());
      in_blocks = version == "4.1";
      if (!in_blocks && version != "2.2")
        text.fail("is of format " + version);
      if (text.number<int>() != 0)
        text.fail("is binary");
      text.skip_to("$EndMeshFormat");
    }

    void GmshReader::read_section(const std::string &section)
    {
      if (section == "PhysicalNames")
        read_names();
      else if (section == "Entities" && in_blocks)
        read_entities();
      else if (section == "Nodes")
        read_nodes();
      else if (section == "ParametricNodes" && !in_blocks)
        read_parametric_nodes();
      else if (section == "Elements")
        read_elements();
      else if (section == "PartitionedEntities")
        text.fail("is partitioned");
      else
        return text.skip_to("$End" + section);
      if (text.word() != "$End" + section)
        text.fail("has more in $" + section + " than it says");
    }

    void GmshReader::read_names()
    {
      for (auto n = text.number<std::size_t>(); n > 0; --n)
        {
          const auto dimension = text.number<unsigned int>();
          const auto number    = text.group();

          mesh.names[{dimension, number}] = text.quoted();
        }
    }

    void GmshReader::read_entities()
    {
      std::array<std::size_t, 4> count;
      for (std::size_t &n : count)
        n = text.number<std::size_t>();
      for (unsigned int dimension = 0; dimension < 4; ++dimension)
        for (; count[dimension] > 0; --count[dimension])
          {
            std::vector<int> &groups = groups_of[{dimension, text.number<int>()}];
            for (unsigned int i = 0; i < (dimension == 0 ? 3 : 6); ++i) // of the bounding box
              text.number<double>();
            for (auto n = text.number<std::size_t>(); n > 0; --n)
              groups.push_back(text.group());
            text.skip_line();
          }
    }

    void GmshReader::read_nodes()
    {
      auto n = text.number<std::size_t>(); // of blocks, or of nodes
      if (in_blocks)
        text.skip_line();
      for (; n > 0; --n)
        if (in_blocks)
          read_block_of_nodes();
        else
          {
            add_node(text.number<std::size_t>());
            read_point(mesh.nodes.back());
          }
    }

    /// Reads the section that format 2.2 with Mesh.SaveParametric = 1 has instead of $Nodes. The coordinates of a node
    /// are followed by its parameters on a curve or surface of the geometry, which are not used.
    void GmshReader::read_parametric_nodes()
    {
      for (auto n = text.number<std::size_t>(); n > 0; --n)
        {
          add_node(text.number<std::size_t>());
          read_point(mesh.nodes.back());
          text.skip_line();
        }
    }

    void GmshReader::read_block_of_nodes()
    {
      const auto        dimension  = text.number<unsigned int>();
      const bool        parametric = (text.number<int>(), text.number<int>() != 0);
      const std::size_t begin      = mesh.nodes.size();
      for (auto n = text.number<std::size_t>(); n > 0; --n)
        add_node(text.number<std::size_t>());
      for (std::size_t i = begin; i < mesh.nodes.size(); ++i)
        {
          read_point(mesh.nodes[i]);
          for (unsigned int d = 0; parametric && d < dimension; ++d)
            text.number<double>();
        }
    }

    void GmshReader::add_node(const std::size_t number)
    {
      if (!node_index.emplace(number, mesh.nodes.size()).second)
        text.fail("node " + std::to_string(number) + " is there twice");
      mesh.nodes.emplace_back();
      mesh.node_numbers.push_back(number);
    }

    void GmshReader::read_point(dealii::Point<3> &point)
    {
      for (unsigned int d = 0; d < 3; ++d)
        point[d] = text.number<double>();
    }

    void GmshReader::read_elements()
    {
      auto n = text.number<std::size_t>(); // of blocks, or of elements
      if (in_blocks)
        text.skip_line();
      for (; n > 0; --n)
        if (in_blocks)
          read_block_of_elements();
        else
          {
            const auto       number = text.number<std::size_t>();
            const auto       type   = text.number<unsigned int>();
            const auto       n_tags = text.number<unsigned int>();
            std::vector<int> groups;
            for (unsigned int tag = 0; tag < n_tags; ++tag)
              if (const int value = tag == 0 ? text.group() : text.number<int>(); tag == 0 && value != 0)
                groups.push_back(value);
            read_element(type, number, groups);
          }
    }

    void GmshReader::read_block_of_elements()
    {
      const auto dimension = text.number<unsigned int>();
      const auto entity    = text.number<int>();
      const auto type      = text.number<unsigned int>();
      const auto groups    = groups_of.find({dimension, entity});
      for (auto n = text.number<std::size_t>(); n > 0; --n)
        read_element(type, text.number<std::size_t>(), groups != groups_of.end() ? groups->second : std::vector<int>());
    }

    void GmshReader::read_element(const unsigned int type, const std::size_t number, const std::vector<int> &groups)
    {
      const auto kind = gmsh_element_type(type);
      if (!kind)
        text.fail("element " + std::to_string(number) + " is of type " + std::to_string(type) +
                  ", which the format does not have");
      if (!is_of_use(type))
        {
          if (kind->dimension > 0)
            ++unusable.try_emplace(type, GmshFile::Unusable{*kind, 0, number}).first->second.count;
          return text.skip_line();
        }
      GmshFile::Element element{number, 0, {}};
      for (unsigned int i = 0; i < kind->nodes; ++i)
        element.nodes[i] = text.number<std::size_t>();
      for (const int group : groups.empty() ? std::vector<int>{0} : groups)
        {
          element.group = group;
          mesh.elements[kind->dimension].push_back(element);
        }
    }

    void GmshReader::resolve_nodes()
    {
      constexpr unsigned int n_nodes[] = {0, 2, 4, 8};
      for (unsigned int dimension = 1; dimension < 4; ++dimension)
        for (GmshFile::Element &element : mesh.elements[dimension])
          for (unsigned int i = 0; i < n_nodes[dimension]; ++i)
            {
              const auto node = node_index.find(element.nodes[i]);
              if (node == node_index.end())
                text.refuse("element " + std::to_string(element.number) + " has node " +
                            std::to_string(element.nodes[i]) + ", which is not there");
              element.nodes[i] = node->second;
            }
    }

    std::string contents_of(const std::string &file)
    {
      std::error_code ignored;
      if (std::filesystem::is_directory(file, ignored))
        throw DeckError({mesh_problem(file, std::string("is a directory") + allowed)});
      std::ifstream stream(file, std::ios::binary);
      if (!stream)
        throw DeckError({mesh_problem(file, std::string("cannot be read: ") + std::strerror(errno) + allowed)});
      return {std::istreambuf_iterator<char>(stream), {}};
    }
  } // namespace

  std::string GmshFile::group_name(const unsigned int dimension, const int number) const
  {
    const auto name = names.find({dimension, number});
    return name != names.end() ? name->second : std::to_string(number);
  }

  GmshFile read_gmsh_file(const std::string &file)
  {
    const std::string contents = contents_of(file);
    GmshText          text(file, contents);
    return GmshReader(text).read();
  }

  std::string mesh_problem(const std::string &file, const std::string &what)
  {
    return "Specimen/Mesh file = " + file + ": " + what;
  }
} // namespace revitra
