#include "orm/image.h"

#include <catch2/catch.hpp>
#include <set>

using ormdb::detail::Image;
using ormdb::detail::ImageStore;

TEST_CASE("images that live at once never share memory, also in a store that was emptied") {
  ImageStore store;
  for (int round = 0; round < 3; ++round) {
    std::vector<Image*> images;
    for (int i = 0; i < 300; ++i) images.push_back(store.make());
    CHECK(std::set<Image*>(images.begin(), images.end()).size() == images.size());
    for (Image* image : images) store.drop(image);
  }
}
