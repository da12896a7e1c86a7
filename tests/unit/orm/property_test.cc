// Random programmes over a graph of objects, against a plain model in memory: after every commit,
// rollback and savepoint the session, and a fresh one, hold what the model holds.
//
// ORMDB_PROPERTY_SEED and ORMDB_PROPERTY_PROGRAMMES choose a run, random ones without; a failure
// names its seed. On a server a tenth of them runs.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <map>
#include <random>
#include <set>
#include <sstream>
#include <stdexcept>

#include "ormdb/orm.h"
#include "unit/orm/engines.h"

namespace {

using namespace ormdb;

struct Doc;
struct Tag;

struct Folder {
  std::int64_t id{};
  std::int64_t token{};
  std::string name{};
  std::optional<std::int64_t> parent_id{};
  One<Folder> parent{};
  Many<Folder> children{};
  Many<Doc> docs{};
  static void describe(TableOf<Folder>& t);
};

struct Doc {
  std::int64_t id{};
  std::int64_t token{};
  std::string title{};
  std::optional<double> score{};
  std::int64_t folder_id{};
  One<Folder> folder{};
  Many<Tag> tags{};
  static void describe(TableOf<Doc>& t);
};

struct Tag {
  Uuid id{};
  std::int64_t token{};
  Many<Doc> docs{};
  static void describe(TableOf<Tag>& t);
};

void Folder::describe(TableOf<Folder>& t) {
  t.name("folder")
      .column<&Folder::id>({.primary_key = true})
      .column<&Folder::token>({.unique = true})
      .column<&Folder::name>()
      .column<&Folder::parent_id>({.references = fk<&Folder::id>()});
  t.many_to_one<&Folder::parent, &Folder::parent_id>().back_populates<&Folder::children>();
  t.one_to_many<&Folder::children, &Folder::parent_id>().back_populates<&Folder::parent>();
  t.one_to_many<&Folder::docs, &Doc::folder_id>().back_populates<&Doc::folder>().cascade(
      DeleteOrphan);
}

void Doc::describe(TableOf<Doc>& t) {
  t.name("doc")
      .column<&Doc::id>({.primary_key = true})
      .column<&Doc::token>({.unique = true})
      .column<&Doc::title>()
      .column<&Doc::score>()
      .column<&Doc::folder_id>({.references = fk<&Folder::id>()});
  t.many_to_one<&Doc::folder, &Doc::folder_id>().back_populates<&Folder::docs>();
  t.many_to_many<&Doc::tags>({"doc_tag", "doc_id", "tag_id"}).back_populates<&Tag::docs>();
}

void Tag::describe(TableOf<Tag>& t) {
  t.name("tag").column<&Tag::id>({.primary_key = true}).column<&Tag::token>({.unique = true});
  t.many_to_many<&Tag::docs>({"doc_tag", "tag_id", "doc_id"}).back_populates<&Doc::tags>();
}

/// The plain model: everything by token, 0 for none.
struct World {
  struct PlainFolder {
    std::string name;
    std::int64_t parent;
    bool operator==(const PlainFolder&) const = default;
  };
  struct PlainDoc {
    std::string title;
    std::optional<double> score;
    std::int64_t folder;
    bool operator==(const PlainDoc&) const = default;
  };
  std::map<std::int64_t, PlainFolder> folders;
  std::map<std::int64_t, PlainDoc> docs;
  std::set<std::int64_t> tags;
  std::set<std::pair<std::int64_t, std::int64_t>> links;  // Doc and tag.
  bool operator==(const World&) const = default;
};

std::ostream& operator<<(std::ostream& out, const World& world) {
  for (const auto& [token, folder] : world.folders) {
    out << "folder " << token << ' ' << folder.name << " in " << folder.parent << '\n';
  }
  for (const auto& [token, doc] : world.docs) {
    out << "doc " << token << ' ' << doc.title << ' ' << doc.score.value_or(-1) << " in "
        << doc.folder << '\n';
  }
  for (const std::int64_t tag : world.tags) out << "tag " << tag << '\n';
  for (const auto& [doc, tag] : world.links) out << "doc " << doc << " has tag " << tag << '\n';
  return out;
}

void expect(bool holds, const std::string& what) {
  if (!holds) throw std::runtime_error(what);
}

void expect_equal(const World& found, const World& expected, const std::string& where) {
  if (found == expected) return;
  std::ostringstream text;
  text << where << " holds\n" << found << "and not\n" << expected;
  throw std::runtime_error(text.str());
}

/// What a session sees, read along both sides of every relationship.
World world_of(Session& db) {
  World world;
  std::set<std::pair<std::int64_t, std::int64_t>> children, docs, links;
  for (auto folder : db.query<Folder>().all()) {
    const std::int64_t parent = folder->parent ? folder->parent->token : 0;
    world.folders[folder->token] = {folder->name, parent};
    for (auto child : folder->children) children.emplace(folder->token, child->token);
    for (auto doc : folder->docs) docs.emplace(folder->token, doc->token);
  }
  for (auto doc : db.query<Doc>().all()) {
    world.docs[doc->token] = {doc->title, doc->score, doc->folder->token};
    for (auto tag : doc->tags) world.links.emplace(doc->token, tag->token);
  }
  for (auto tag : db.query<Tag>().all()) {
    world.tags.insert(tag->token);
    for (auto doc : tag->docs) links.emplace(doc->token, tag->token);
  }
  expect(links == world.links, "both sides of many to many agree");
  for (const auto& [token, folder] : world.folders) {
    expect(folder.parent == 0 || children.erase({folder.parent, token}) == 1, "a child is missing");
  }
  for (const auto& [token, doc] : world.docs) {
    expect(docs.erase({doc.folder, token}) == 1, "a document is missing");
  }
  expect(children.empty() && docs.empty(), "a list holds what has another parent");
  return world;
}

/// The model and the session's objects, as they have to be together.
struct Moment {
  World world;
  std::map<std::int64_t, Ref<Folder>> folders;
  std::map<std::int64_t, Ref<Doc>> docs;
  std::map<std::int64_t, Ref<Tag>> tags;
};

class Programme {
 public:
  Programme(const Engine& engine, const Metadata& models, std::uint64_t seed)
      : engine_(engine), models_(models), db_(engine, models), random_(seed) {
    base_.world = now_.world = world_of(db_);
    db_.commit();
  }

  void run(int steps) {
    for (int i = 0; i < steps; ++i) step();
    finish_savepoints(one_of(2) == 0);
    commit();
  }

  std::string log() const { return log_; }

 private:
  std::int64_t one_of(std::int64_t count) {
    return static_cast<std::int64_t>(random_() % static_cast<std::uint64_t>(count));
  }
  void say(const std::string& what) { log_ += what + "; "; }
  void say(const std::string& what, std::int64_t a, std::int64_t b = 0) {
    say(what + " " + std::to_string(a) + " " + std::to_string(b));
  }
  /// A random key, 0 when there is none.
  template <typename Map>
  std::int64_t any_of(const Map& map) {
    if (map.empty()) return 0;
    return std::next(map.begin(), one_of(static_cast<std::int64_t>(map.size())))->first;
  }

  void step();
  void add_folder();
  void add_doc();
  void add_tag();
  void change_folder();
  void change_doc();
  void move_folder();
  void move_doc();
  void link();
  void unlink();
  void replace_links();
  void orphan();
  void remove_folder();
  void remove_doc();
  void remove_tag();
  void read();
  void begin_nested();
  void end_nested();
  void commit();
  void rollback();

  void finish_savepoints(bool keep) {
    while (!savepoints_.empty()) end_nested(keep);
  }
  void end_nested(bool keep);
  void forget_doc(std::int64_t token);
  bool is_below(std::int64_t folder, std::int64_t other) const;
  void check_session();
  void check_fresh();

  const Engine& engine_;
  const Metadata& models_;
  Session db_;
  std::mt19937_64 random_;
  Moment now_, base_;
  std::vector<std::pair<Savepoint, Moment>> savepoints_;
  std::int64_t last_token_ = 0;
  std::string log_;
};

void Programme::step() {
  using Step = void (Programme::*)();
  static constexpr Step kSteps[] = {
      &Programme::add_folder,    &Programme::add_folder,    &Programme::add_doc,
      &Programme::add_doc,       &Programme::add_doc,       &Programme::add_tag,
      &Programme::add_tag,       &Programme::change_folder, &Programme::change_doc,
      &Programme::change_doc,    &Programme::move_folder,   &Programme::move_folder,
      &Programme::move_doc,      &Programme::move_doc,      &Programme::link,
      &Programme::link,          &Programme::link,          &Programme::unlink,
      &Programme::replace_links, &Programme::orphan,        &Programme::remove_folder,
      &Programme::remove_doc,    &Programme::remove_tag,    &Programme::read,
      &Programme::begin_nested,  &Programme::end_nested,    &Programme::commit,
      &Programme::rollback};
  (this->*kSteps[one_of(std::size(kSteps))])();
}

void Programme::add_folder() {
  const std::int64_t token = ++last_token_, parent = one_of(3) == 0 ? 0 : any_of(now_.folders);
  say("add folder", token, parent);
  Folder folder{.token = token, .name = "f" + std::to_string(token)};
  const bool by_one = one_of(2) == 0;
  if (parent != 0 && by_one) folder.parent = now_.folders[parent];
  const auto added = db_.add(folder);
  if (parent != 0 && !by_one) now_.folders[parent]->children.append(added);
  now_.folders[token] = added;
  now_.world.folders[token] = {added->name, parent};
}

void Programme::add_doc() {
  const std::int64_t folder = any_of(now_.folders);
  if (folder == 0) return;
  const std::int64_t token = ++last_token_;
  say("add doc", token, folder);
  Doc doc{.token = token, .title = "d" + std::to_string(token)};
  const bool by_one = one_of(2) == 0;
  if (by_one) doc.folder = now_.folders[folder];
  const auto added = db_.add(doc);
  if (!by_one) now_.folders[folder]->docs.append(added);
  now_.docs[token] = added;
  now_.world.docs[token] = {added->title, std::nullopt, folder};
}

void Programme::add_tag() {
  const std::int64_t token = ++last_token_;
  say("add tag", token);
  now_.tags[token] = db_.add(Tag{.id = Uuid::random(), .token = token});
  now_.world.tags.insert(token);
}

void Programme::change_folder() {
  const std::int64_t token = any_of(now_.folders);
  if (token == 0) return;
  say("rename", token);
  const std::string name = "n" + std::to_string(one_of(5));
  now_.folders[token].set<&Folder::name>(name);
  now_.world.folders[token].name = name;
}

void Programme::change_doc() {
  const std::int64_t token = any_of(now_.docs);
  if (token == 0) return;
  say("edit", token);
  auto edit = now_.docs[token].edit();
  World::PlainDoc& plain = now_.world.docs[token];
  edit->title = plain.title = "t" + std::to_string(one_of(5));
  if (one_of(2) == 0) db_.flush();
  edit->score = plain.score = one_of(3) == 0 ? std::nullopt : std::optional<double>(one_of(9));
}

bool Programme::is_below(std::int64_t folder, std::int64_t other) const {
  for (; folder != 0; folder = now_.world.folders.at(folder).parent) {
    if (folder == other) return true;
  }
  return false;
}

void Programme::move_folder() {
  const std::int64_t token = any_of(now_.folders), to = one_of(4) == 0 ? 0 : any_of(now_.folders);
  if (token == 0 || is_below(to, token)) return;
  say("move folder", token, to);
  const auto& folder = now_.folders[token];
  std::int64_t& parent = now_.world.folders[token].parent;
  const std::int64_t way = one_of(3);
  if (to == 0 && way == 0 && parent != 0) {
    now_.folders[parent]->children.remove(folder);
  } else if (to == 0) {
    folder->parent.clear();
  } else if (way == 0) {
    now_.folders[to]->children.append(folder);
  } else if (way == 1) {
    folder->parent.set(now_.folders[to]);
  } else {
    db_.flush();
    folder.set<&Folder::parent_id>(now_.folders[to]->id);
  }
  parent = to;
}

void Programme::move_doc() {
  const std::int64_t token = any_of(now_.docs), to = any_of(now_.folders);
  if (token == 0) return;
  say("move doc", token, to);
  if (one_of(2) == 0) {
    now_.folders[to]->docs.append(now_.docs[token]);
  } else {
    now_.docs[token]->folder.set(now_.folders[to]);
  }
  now_.world.docs[token].folder = to;
}

void Programme::link() {
  const std::int64_t doc = any_of(now_.docs), tag = any_of(now_.tags);
  if (doc == 0 || tag == 0) return;
  say("link", doc, tag);
  if (one_of(2) == 0) {
    now_.docs[doc]->tags.append(now_.tags[tag]);
  } else {
    now_.tags[tag]->docs.append(now_.docs[doc]);
  }
  now_.world.links.emplace(doc, tag);
}

void Programme::unlink() {
  if (now_.world.links.empty()) return;
  const auto count = static_cast<std::int64_t>(now_.world.links.size());
  const auto found = std::next(now_.world.links.begin(), one_of(count));
  const auto [doc, tag] = *found;
  say("unlink", doc, tag);
  if (one_of(2) == 0) {
    expect(now_.docs[doc]->tags.remove(now_.tags[tag]), "the tag was linked");
  } else {
    expect(now_.tags[tag]->docs.remove(now_.docs[doc]), "the document was linked");
  }
  now_.world.links.erase(found);
}

void Programme::replace_links() {
  const std::int64_t doc = any_of(now_.docs);
  if (doc == 0) return;
  say("replace links", doc);
  std::erase_if(now_.world.links, [&](const auto& link) { return link.first == doc; });
  std::vector<Ref<Tag>> tags;
  for (const auto& [token, tag] : now_.tags) {
    if (one_of(2) == 0) continue;
    tags.push_back(tag);
    now_.world.links.emplace(doc, token);
  }
  now_.docs[doc]->tags.set(tags);
}

void Programme::forget_doc(std::int64_t token) {
  now_.docs.erase(token);
  now_.world.docs.erase(token);
  std::erase_if(now_.world.links, [&](const auto& link) { return link.first == token; });
}

void Programme::orphan() {
  const std::int64_t token = any_of(now_.docs);
  if (token == 0) return;
  say("orphan", token);
  const auto& folder = now_.folders[now_.world.docs[token].folder];
  expect(folder->docs.remove(now_.docs[token]), "the document was in its folder");
  forget_doc(token);
}

void Programme::remove_folder() {
  const std::int64_t token = any_of(now_.folders);
  if (token == 0) return;
  say("remove folder", token);
  db_.remove(now_.folders[token]);
  for (auto& [child, folder] : now_.world.folders) {
    if (folder.parent == token) folder.parent = 0;
  }
  const auto docs = now_.world.docs;
  for (const auto& [doc, plain] : docs) {
    if (plain.folder == token) forget_doc(doc);
  }
  now_.folders.erase(token);
  now_.world.folders.erase(token);
}

void Programme::remove_doc() {
  const std::int64_t token = any_of(now_.docs);
  if (token == 0) return;
  say("remove doc", token);
  db_.remove(now_.docs[token]);
  forget_doc(token);
}

void Programme::remove_tag() {
  const std::int64_t token = any_of(now_.tags);
  if (token == 0) return;
  say("remove tag", token);
  db_.remove(now_.tags[token]);
  now_.tags.erase(token);
  now_.world.tags.erase(token);
  std::erase_if(now_.world.links, [&](const auto& link) { return link.second == token; });
}

void Programme::read() {
  say("read");
  const auto expected = static_cast<std::int64_t>(now_.docs.size());
  expect(db_.query<Doc>().count() == expected, "the number of documents");
  if (one_of(2) == 0) db_.expire_all();
}

void Programme::begin_nested() {
  say("begin");
  savepoints_.emplace_back(db_.begin_nested(), now_);
}

void Programme::end_nested() {
  if (!savepoints_.empty()) end_nested(one_of(2) == 0);
}

void Programme::end_nested(bool keep) {
  say(keep ? "release" : "undo");
  if (keep) {
    savepoints_.back().first.commit();
  } else {
    savepoints_.back().first.rollback();
    now_ = savepoints_.back().second;
  }
  savepoints_.pop_back();
  check_session();
}

void Programme::commit() {
  finish_savepoints(true);
  say("commit");
  db_.commit();
  base_ = now_;
  check_fresh();
  check_session();
  db_.commit();
}

void Programme::rollback() {
  finish_savepoints(one_of(2) == 0);
  say("rollback");
  db_.rollback();
  now_ = base_;
  check_fresh();
  check_session();
}

void Programme::check_session() {
  for (const auto& [token, folder] : now_.folders)
    expect(folder->token == token, "the folder is another");
  for (const auto& [token, doc] : now_.docs) expect(doc->token == token, "the doc is another");
  for (const auto& [token, tag] : now_.tags) expect(tag->token == token, "the tag is another");
  expect_equal(world_of(db_), now_.world, "the session");
}

void Programme::check_fresh() {
  Session fresh(engine_, models_);
  expect_equal(world_of(fresh), base_.world, "a fresh session");
}

std::uint64_t number_of(const char* variable, std::uint64_t otherwise) {
  const char* text = std::getenv(variable);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

/// Runs the programmes of the seeds from `first` on.
template <typename Fresh>
void run_programmes(std::uint64_t first, std::uint64_t programmes, const Fresh& fresh_url) {
  const auto models = Metadata::of<Folder, Doc, Tag>();
  for (std::uint64_t seed = first; seed < first + programmes; ++seed) {
    const Engine engine(fresh_url());
    models.create_all(engine);
    Programme programme(engine, models, seed);
    try {
      programme.run(20);
    } catch (const std::exception& error) {
      FAIL("ORMDB_PROPERTY_SEED=" << seed << " ORMDB_PROPERTY_PROGRAMMES=1 on " << engine.dialect()
                                  << "\n"
                                  << error.what() << "\n"
                                  << programme.log());
    }
  }
}

std::uint64_t first_seed() {
  static const std::uint64_t kFirst = number_of("ORMDB_PROPERTY_SEED", std::random_device{}());
  WARN("ORMDB_PROPERTY_SEED=" << kFirst);
  return kFirst;
}

TEST_CASE("Random programmes leave what a plain model holds") {
  const std::uint64_t programmes = number_of("ORMDB_PROPERTY_PROGRAMMES", 200);
  run_programmes(first_seed(), programmes, [] { return "sqlite://"; });
  SUCCEED("all of them");
}

TEST_CASE("Random programmes leave on a server what a plain model holds") {
  if (orm_test::fresh_urls().size() < 2) {
    WARN("skipped: no ORMDB_TEST_POSTGRESQL_URL");
    return;
  }
  const std::uint64_t programmes = number_of("ORMDB_PROPERTY_PROGRAMMES", 200);
  const std::uint64_t fewer = std::max<std::uint64_t>(programmes / 10, 1);
  run_programmes(first_seed(), fewer, [] { return orm_test::fresh_urls().at(1); });
  SUCCEED("all of them");
}

}  // namespace
