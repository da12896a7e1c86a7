// A TCP proxy that breaks connections at COMMIT.
#pragma once

#include <atomic>
#include <string>
#include <thread>
#include <vector>

namespace ormdb::test {

class TcpProxy {
 public:
  enum class Loss {
    kNothing,
    kRequest,     ///< The next COMMIT does not reach the server; the connection ends.
    kReply,       ///< It does, but its answer does not come back.
    kEverything,  ///< As kReply, and nobody gets through any more.
  };

  TcpProxy(const std::string& host, const std::string& port);
  ~TcpProxy();
  TcpProxy(const TcpProxy&) = delete;
  TcpProxy& operator=(const TcpProxy&) = delete;

  std::string port() const { return port_; }
  void lose(Loss loss) { loss_ = loss; }

 private:
  void accept_all();
  void serve(int client);
  bool pass_on(int client, int server);

  std::string host_, server_port_, port_;
  int listener_ = -1;
  std::atomic<Loss> loss_{Loss::kNothing};
  std::atomic<bool> ending_{false};
  std::vector<std::thread> connections_;
  std::thread acceptor_;
};

}  // namespace ormdb::test
