#include "models.h"

namespace blog {

using ormdb::Cascade;
using ormdb::fk;
using ormdb::SetNull;
using ormdb::TableOf;

void User::describe(TableOf<User>& t) {
  t.name("user")
      .column<&User::id>({.type = "integer", .primary_key = true})
      .column<&User::username>({.length = 20, .unique = true})
      .column<&User::email>({.length = 120, .unique = true})
      .column<&User::password>({.length = 60, .secret = true})
      .column<&User::image_file>({.length = 20, .server_default = "default.jpg"})
      .column<&User::is_active>({.server_default = true})
      .column<&User::last_seen>();
  t.one_to_many<&User::posts, &Post::user_id>().back_populates<&Post::author>();
  t.one_to_one<&User::profile, &Profile::user_id>().back_populates<&Profile::user>();
}

void Post::describe(TableOf<Post>& t) {
  t.name("post")
      .column<&Post::id>({.type = "integer", .primary_key = true})
      .column<&Post::title>({.length = 100})
      .column<&Post::content>()
      .column<&Post::date_posted>({.server_default = ormdb::sql_text("CURRENT_TIMESTAMP")})
      .column<&Post::rating>({.type = "float", .server_default = 0})
      .column<&Post::user_id>(
          {.type = "integer", .references = fk<&User::id>(), .on_delete = Cascade})
      .column<&Post::category_id>(
          {.type = "integer", .references = fk<&Category::id>(), .on_delete = SetNull})
      .index<&Post::date_posted>({.name = "ix_post_date_posted", .desc = true});
  t.many_to_one<&Post::author, &Post::user_id>().back_populates<&User::posts>();
  t.many_to_one<&Post::category, &Post::category_id>().back_populates<&Category::posts>();
}

void Profile::describe(TableOf<Profile>& t) {
  t.name("profile")
      .column<&Profile::id>({.type = "integer", .primary_key = true})
      .column<&Profile::bio>()
      .column<&Profile::avatar>()
      .column<&Profile::preferences>({.type = "pickle"})
      .column<&Profile::user_id>(
          {.type = "integer", .unique = true, .references = fk<&User::id>(), .on_delete = Cascade});
  t.one_to_one<&Profile::user, &Profile::user_id>().back_populates<&User::profile>();
}

void Category::describe(TableOf<Category>& t) {
  t.name("category")
      .column<&Category::id>({.type = "integer", .primary_key = true})
      .column<&Category::name>({.length = 50, .unique = true})
      .column<&Category::parent_id>(
          {.type = "integer", .references = fk<&Category::id>(), .on_delete = Cascade});
  t.many_to_one<&Category::parent, &Category::parent_id>().back_populates<&Category::children>();
  t.one_to_many<&Category::children, &Category::parent_id>().back_populates<&Category::parent>();
  t.one_to_many<&Category::posts, &Post::category_id>().back_populates<&Post::category>();
}

void Student::describe(TableOf<Student>& t) {
  t.name("student")
      .column<&Student::id>({.primary_key = true})
      .column<&Student::name>({.length = 100})
      .column<&Student::email>({.length = 120, .unique = true})
      .column<&Student::grade>({.type = "float"})
      .column<&Student::is_graduated>({.server_default = false});
  t.many_to_many<&Student::courses>({"student_course", "student_id", "course_id", Cascade})
      .back_populates<&Course::students>()
      .extra_column("enrolled_at", "datetime", ormdb::sql_text("CURRENT_TIMESTAMP"));
}

void Course::describe(TableOf<Course>& t) {
  t.name("course")
      .column<&Course::id>({.primary_key = true})
      .column<&Course::title>({.length = 100})
      .column<&Course::syllabus>()
      .column<&Course::starts_at>();
  t.many_to_many<&Course::students>({"student_course", "course_id", "student_id", Cascade})
      .back_populates<&Student::courses>();
}

const ormdb::Metadata& models() {
  static const ormdb::Metadata kModels =
      ormdb::Metadata::of<User, Post, Profile, Category, Student, Course>();
  return kModels;
}

}  // namespace blog
