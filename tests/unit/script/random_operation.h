// Random operations of every kind, for round trips.
#pragma once

#include "ormdb/operation.h"
#include "unit/schema/random_schema.h"

namespace ormdb::testing {

class RandomOperation {
 public:
  static constexpr std::size_t kKinds = std::variant_size_v<OperationKinds>;

  explicit RandomOperation(unsigned seed) : random_(seed) {}

  /// One of the kind at `index` in OperationKinds.
  Operation operation(std::size_t index) {
    Operation result = index < 12   ? of_table(index)
                       : index < 26 ? of_object(index)
                                    : of_data(index);
    result.transaction = !random_.coin(4);
    return result;
  }

  std::vector<Operation> operations() {
    std::vector<Operation> list;
    for (std::size_t i = random_.below(6); i > 0; --i)
      list.push_back(operation(random_.below(kKinds)));
    return list;
  }

  RandomSchema& values() { return random_; }

 private:
  std::string name() { return random_.name(random_.below(3)); }

  AlterTable::Settings settings() { return {random_.maybe_text(), random_.options()}; }

  Constraint constraint() {
    const Table table = random_.table("t");
    switch (random_.below(5)) {
      case 4:
        return random_.exclude(table);
      case 0:
        return random_.key<PrimaryKey>(table);
      case 1:
        return random_.key<Unique>(table);
      case 2:
        return random_.foreign_key(table);
      default:
        return Check{random_.maybe_text(), random_.sql(), random_.options()};
    }
  }

  Operation of_table(std::size_t index) {
    switch (index) {
      case 0:
        return CreateTable{random_.table(name())};
      case 1:
        return DropTable{random_.table(name())};
      case 2:
        return RenameTable{name(), name()};
      case 3:
        return AlterTable{name(), settings(), settings()};
      case 4:
        return AddColumn{name(), random_.column(name())};
      case 5:
        return DropColumn{name(), random_.column(name())};
      case 6: {
        const std::string column = name();
        return AlterColumn{name(), random_.column(column), random_.column(column),
                           random_.maybe_sql()};
      }
      case 7:
        return RenameColumn{name(), name(), name()};
      case 8:
        return AddConstraint{name(), constraint()};
      case 9:
        return DropConstraint{name(), constraint()};
      case 10:
        return CreateIndex{name(), random_.index(random_.table("t"), name())};
      default:
        return DropIndex{name(), random_.index(random_.table("t"), name())};
    }
  }

  Operation of_object(std::size_t index) {
    const std::string same = name();
    switch (index) {
      case 12:
        return CreateView{random_.view(same)};
      case 13:
        return DropView{random_.view(same)};
      case 14: {
        ReplaceView replace{random_.view(same), random_.view(same)};
        replace.from.materialized = replace.to.materialized;
        return replace;
      }
      case 15:
        return CreateTrigger{random_.trigger(same)};
      case 16:
        return DropTrigger{random_.trigger(same)};
      case 17: {
        ReplaceTrigger replace{random_.trigger(same), random_.trigger(same)};
        replace.to.table = replace.from.table;
        return replace;
      }
      case 18:
        return CreateVirtualTable{random_.virtual_table(same)};
      case 19:
        return DropVirtualTable{random_.virtual_table(same)};
      case 20:
        return CreateEnum{random_.enum_value(same)};
      case 21:
        return DropEnum{random_.enum_value(same)};
      case 22:
        return AlterEnum{random_.enum_value(same), random_.enum_value(same)};
      case 23:
        return CreateObject{random_.object(same)};
      case 24:
        return DropObject{random_.object(same)};
      default:
        break;
    }
    AlterObject alter{random_.object(same), {}};
    alter.to = alter.from;
    for (const PropertyRule& rule : kind_of(alter.to).properties) {
      if (rule.required) continue;
      alter.to.properties[std::string(rule.name)] = random_.property(rule.shape);
      break;
    }
    return alter;
  }

  template <typename Rows>
  Rows rows() {
    Rows rows;
    rows.table = name();
    const std::size_t columns = 1 + random_.below(3);
    for (std::size_t i = 0; i < columns; ++i) rows.columns.push_back(random_.name(i));
    for (std::size_t i = random_.below(4); i > 0; --i) {
      rows.rows.emplace_back();
      for (std::size_t k = 0; k < columns; ++k) rows.rows.back().push_back(random_.literal());
    }
    return rows;
  }

  Operation of_data(std::size_t index) {
    switch (index) {
      case 26:
        return rows<InsertRows>();
      case 27:
        return UpdateRows{
            name(),
            {{random_.name(1), random_.literal()}, {random_.name(2), random_.literal()}},
            random_.maybe_sql()};
      case 28:
        if (random_.coin()) return rows<DeleteRows>();
        return DeleteRows{name(), random_.maybe_sql(), {}, {}};
      default:
        break;
    }
    Execute execute(random_.sql());
    if (random_.coin(3)) {
      execute.effects.emplace();
      if (random_.coin()) execute.effects->push_back(of_table(random_.below(12)));
    }
    return execute;
  }

  RandomSchema random_;
};

}  // namespace ormdb::testing
