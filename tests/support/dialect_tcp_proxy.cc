#include "support/dialect_tcp_proxy.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <stdexcept>
#include <string_view>

namespace ormdb::test {

namespace {

constexpr int kPollMilliseconds = 50;

struct Resolved {
  explicit Resolved(const std::string& host, const std::string& port) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    if (getaddrinfo(host.c_str(), port.c_str(), &hints, &first) != 0) {
      throw std::runtime_error("cannot resolve " + host);
    }
  }
  ~Resolved() { freeaddrinfo(first); }
  Resolved(const Resolved&) = delete;
  Resolved& operator=(const Resolved&) = delete;
  addrinfo* first = nullptr;
};

bool readable(int descriptor) {
  pollfd wanted{descriptor, POLLIN, 0};
  return poll(&wanted, 1, kPollMilliseconds) > 0;
}

// What can be read now, at most a buffer; "" at the end.
std::string received(int descriptor) {
  std::array<char, 65536> buffer;
  const ssize_t size = recv(descriptor, buffer.data(), buffer.size(), 0);
  return size > 0 ? std::string(buffer.data(), static_cast<std::size_t>(size)) : "";
}

bool sent(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t size = send(descriptor, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (size <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(size));
  }
  return true;
}

}  // namespace

TcpProxy::TcpProxy(const std::string& host, const std::string& port)
    : host_(host), server_port_(port), listener_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  if (bind(listener_, generic, size) != 0 || listen(listener_, 8) != 0 ||
      getsockname(listener_, generic, &size) != 0) {
    throw std::runtime_error("the proxy cannot listen");
  }
  port_ = std::to_string(ntohs(address.sin_port));
  acceptor_ = std::thread([this] { accept_all(); });
}

TcpProxy::~TcpProxy() {
  ending_ = true;
  acceptor_.join();
  for (std::thread& connection : connections_) connection.join();
  close(listener_);
}

void TcpProxy::accept_all() {
  while (!ending_) {
    if (!readable(listener_)) continue;
    const int client = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (client >= 0) connections_.emplace_back([this, client] { serve(client); });
  }
}

void TcpProxy::serve(int client) {
  const Resolved address(host_, server_port_);
  const int server = socket(address.first->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const bool open = loss_ != Loss::kEverything &&
                    connect(server, address.first->ai_addr, address.first->ai_addrlen) == 0;
  while (open && !ending_ && pass_on(client, server)) continue;
  close(server);
  close(client);
}

// Moves what one side has sent to the other; false at the end of the connection.
bool TcpProxy::pass_on(int client, int server) {
  std::array<pollfd, 2> wanted = {pollfd{client, POLLIN, 0}, pollfd{server, POLLIN, 0}};
  if (poll(wanted.data(), wanted.size(), kPollMilliseconds) <= 0) return true;
  if (wanted[1].revents != 0) {
    const std::string bytes = received(server);
    if (bytes.empty() || !sent(client, bytes)) return false;
  }
  if (wanted[0].revents == 0) return true;
  const std::string bytes = received(client);
  if (bytes.empty()) return false;
  const Loss loss = bytes.find("COMMIT") == bytes.npos ? Loss::kNothing : loss_.load();
  if (loss == Loss::kNothing) return sent(server, bytes);
  if (loss != Loss::kEverything) loss_ = Loss::kNothing;
  if (loss != Loss::kRequest && sent(server, bytes)) received(server);
  return false;
}

}  // namespace ormdb::test
