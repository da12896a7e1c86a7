// The blog's models in C++: ../models.yaml says the same.
#pragma once

#include "ormdb/orm.h"

namespace blog {

struct Post;
struct Profile;
struct Course;

struct User {
  std::int64_t id{};
  std::string username{}, email{}, password{};
  std::string image_file{"default.jpg"};
  bool is_active{true};
  std::optional<ormdb::LocalTime> last_seen{};
  ormdb::Many<Post> posts{};
  ormdb::One<Profile> profile{};
  static void describe(ormdb::TableOf<User>&);
};

struct Category {
  std::int64_t id{};
  std::string name{};
  std::optional<std::int64_t> parent_id{};
  ormdb::One<Category> parent{};
  ormdb::Many<Category> children{};
  ormdb::Many<Post> posts{};
  static void describe(ormdb::TableOf<Category>&);
};

struct Post {
  std::int64_t id{};
  std::string title{}, content{};
  ormdb::LocalTime date_posted{};
  double rating{};
  std::int64_t user_id{};
  std::optional<std::int64_t> category_id{};
  ormdb::One<User> author{};
  ormdb::One<Category> category{};
  static void describe(ormdb::TableOf<Post>&);
};

struct Profile {
  std::int64_t id{};
  std::optional<std::string> bio{};
  std::optional<ormdb::Blob> avatar{};
  std::optional<ormdb::Blob> preferences{};
  std::int64_t user_id{};
  ormdb::One<User> user{};
  static void describe(ormdb::TableOf<Profile>&);
};

struct Student {
  ormdb::Uuid id{};
  std::string name{}, email{};
  std::optional<double> grade{};
  bool is_graduated{};
  ormdb::Many<Course> courses{};
  static void describe(ormdb::TableOf<Student>&);
};

struct Course {
  std::int64_t id{};
  std::string title{};
  std::optional<std::string> syllabus{};
  std::optional<ormdb::LocalTime> starts_at{};
  ormdb::Many<Student> students{};
  static void describe(ormdb::TableOf<Course>&);
};

const ormdb::Metadata& models();

}  // namespace blog
