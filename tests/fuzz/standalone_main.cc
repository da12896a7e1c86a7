// Runs a libFuzzer target without libFuzzer: first every file of the corpus directories (or files)
// given as arguments as it is, then a fixed number of mutations of them. The seed is fixed, so a
// failure comes again; the input that was running is left in ./<program>.crash.
//
//     fuzz_x [--runs N] [--seed N] CORPUS…

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

constexpr std::size_t kLongestInput = 4096;

struct Arguments {
  int runs = 1000;
  unsigned seed = 20260101;
  std::vector<std::filesystem::path> files;
};

void add_corpus(const std::filesystem::path& path, Arguments& arguments) {
  if (!std::filesystem::is_directory(path)) {
    arguments.files.push_back(path);
    return;
  }
  for (const auto& entry : std::filesystem::directory_iterator(path)) {
    arguments.files.push_back(entry.path());
  }
}

Arguments parse_arguments(int argc, char** argv) {
  Arguments arguments;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    if (word == "--runs" && i + 1 < argc) {
      arguments.runs = std::stoi(argv[++i]);
    } else if (word == "--seed" && i + 1 < argc) {
      arguments.seed = static_cast<unsigned>(std::stoul(argv[++i]));
    } else {
      add_corpus(word, arguments);
    }
  }
  std::sort(arguments.files.begin(), arguments.files.end());
  return arguments;
}

std::string read_input(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// The input stays on disk only when the target does not come back.
void run(const std::string& input, const std::string& crash_file) {
  std::ofstream(crash_file, std::ios::binary | std::ios::trunc) << input;
  LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(input.data()), input.size());
}

class Mutator {
 public:
  Mutator(unsigned seed, const std::vector<std::string>& corpus) : random_(seed), corpus_(corpus) {}

  std::string next() {
    std::string input = corpus_[below(corpus_.size())];
    const std::size_t changes = 1 + below(6);
    for (std::size_t i = 0; i < changes; ++i) change(input);
    input.resize(std::min(input.size(), kLongestInput));
    return input;
  }

 private:
  std::size_t below(std::size_t bound) { return bound == 0 ? 0 : random_() % bound; }

  void change(std::string& input) {
    // What breaks parsers of YAML and SQL more often than a random byte does.
    static const std::vector<std::string> kPieces = {"'",
                                                     "\"",
                                                     "`",
                                                     "--",
                                                     "/*",
                                                     "*/",
                                                     "$$",
                                                     "$a$",
                                                     ";",
                                                     "(",
                                                     ")",
                                                     "{",
                                                     "}",
                                                     "[",
                                                     "]",
                                                     ":",
                                                     ": ",
                                                     "- ",
                                                     "\n",
                                                     "\r",
                                                     "\t",
                                                     "  ",
                                                     "---",
                                                     "...",
                                                     "#",
                                                     "&a",
                                                     "*a",
                                                     "!!",
                                                     "|",
                                                     ">",
                                                     "%",
                                                     "@",
                                                     ",",
                                                     std::string(1, '\0'),
                                                     "\\",
                                                     "0x",
                                                     "1e999",
                                                     "null",
                                                     "\xEF\xBB\xBF",
                                                     "~",
                                                     "<<",
                                                     "\xFF",
                                                     "\xC3"};
    const std::size_t at = below(input.size() + 1);
    switch (below(5)) {
      case 0:
        input.insert(at, kPieces[below(kPieces.size())]);
        break;
      case 1:
        input.erase(at, 1 + below(8));
        break;
      case 2:
        if (at < input.size()) input[at] = static_cast<char>(below(256));
        break;
      case 3:
        input.insert(at, input.substr(below(input.size() + 1), below(40)));
        break;
      default: {
        const std::string& other = corpus_[below(corpus_.size())];
        input = input.substr(0, at) + other.substr(below(other.size() + 1));
      }
    }
  }

  std::mt19937 random_;
  const std::vector<std::string>& corpus_;
};

}  // namespace

int main(int argc, char** argv) {
  const Arguments arguments = parse_arguments(argc, argv);
  const bool all_there =
      std::all_of(arguments.files.begin(), arguments.files.end(),
                  [](const std::filesystem::path& file) { return std::filesystem::exists(file); });
  if (arguments.files.empty() || !all_there) {
    std::cerr << "usage: " << argv[0] << " [--runs N] [--seed N] CORPUS...\n";
    return 2;
  }
  const std::string crash_file = std::string(argv[0]) + ".crash";
  std::vector<std::string> corpus;
  for (const auto& file : arguments.files) {
    corpus.push_back(read_input(file));
    run(corpus.back(), crash_file);
  }
  Mutator mutator(arguments.seed, corpus);
  for (int i = 0; i < arguments.runs; ++i) run(mutator.next(), crash_file);
  std::remove(crash_file.c_str());
  std::cout << corpus.size() << " files and " << arguments.runs << " mutations of them\n";
  return 0;
}
