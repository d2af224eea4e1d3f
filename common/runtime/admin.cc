#include "common/runtime/admin.h"

#include <http_parser.h>

#include <array>
#include <optional>
#include <stdexcept>
#include <system_error>

#include "common/base/ensure.h"
#include "common/base/limits.h"

namespace itn::runtime {

namespace {

/// What the parser saw of the bytes so far.
struct Request {
    std::string_view target;
    bool is_complete = false;
    bool is_malformed = false;
    bool is_get = false;
};

/// Reads the whole of `bytes` anew each time: they are few, and the views stay valid.
Request parse(std::string_view bytes) {
    Request request;
    http_parser parser{};
    http_parser_init(&parser, HTTP_REQUEST);
    parser.data = &request;
    http_parser_settings settings{};
    settings.on_url = [](http_parser* p, const char* at, std::size_t length) {
        static_cast<Request*>(p->data)->target = {at, length};
        return 0;
    };
    settings.on_message_complete = [](http_parser* p) {
        static_cast<Request*>(p->data)->is_complete = true;
        http_parser_pause(p, 1);
        return 0;
    };
    http_parser_execute(&parser, &settings, bytes.data(), bytes.size());
    const auto error = HTTP_PARSER_ERRNO(&parser);
    request.is_malformed = error != HPE_OK && error != HPE_PAUSED;
    request.is_get = parser.method == HTTP_GET;
    return request;
}

AdminPage plain(int status, std::string body) {
    AdminPage page;
    page.status = status;
    page.body = std::move(body);
    return page;
}

[[noreturn]] void throw_listen_error(int error, const Endpoint& listen) {
    throw std::system_error(-error, std::generic_category(), "cannot listen on " + listen.text());
}

void bind_and_listen(uv_tcp_t* listener, const Endpoint& listen, uv_connection_cb on_connection) {
    sockaddr_storage address{};
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    if (uv_ip4_addr(listen.host.c_str(), listen.port, reinterpret_cast<sockaddr_in*>(generic)) != 0)
        uv_ip6_addr(listen.host.c_str(), listen.port, reinterpret_cast<sockaddr_in6*>(generic));
    if (const int error = uv_tcp_bind(listener, generic, 0); error != 0)
        throw_listen_error(error, listen);
    const int backlog = static_cast<int>(limits::max_admin_connections);
    if (const int error =
            uv_listen(reinterpret_cast<uv_stream_t*>(listener), backlog, on_connection);
        error != 0)
        throw_listen_error(error, listen);
}

std::uint16_t bound_port(const uv_tcp_t* listener) {
    sockaddr_storage address{};
    int length = sizeof address;
    ENSURE(uv_tcp_getsockname(listener, reinterpret_cast<sockaddr*>(&address), &length) == 0);
    // The port stands at the same place in both address families.
    return ntohs(reinterpret_cast<const sockaddr_in*>(&address)->sin_port);
}

void close_listener(uv_tcp_t* listener) {
    uv_close(reinterpret_cast<uv_handle_t*>(listener),
             [](uv_handle_t* handle) { delete reinterpret_cast<uv_tcp_t*>(handle); });
}

}  // namespace

std::optional<AdminPage> admin_page(std::string_view target, const Health& health,
                                    const Metrics& metrics) {
    const auto question = target.find('?');
    const auto path = target.substr(0, question);
    const auto query =
        question == std::string_view::npos ? std::string_view() : target.substr(question + 1);
    const auto from = [](Health::Report report) {
        return plain(report.status, std::move(report.body));
    };
    if (path == "/livez") return from(health.live());
    if (path == "/readyz") return from(health.ready(query.starts_with("verbose")));
    if (path != "/metrics") return std::nullopt;
    AdminPage page;
    page.content_type = metrics_content_type;
    page.body = metrics.render();
    return page;
}

/// One client. Deletes itself when its socket has closed.
struct Admin::Connection {
    Connection(Loop& loop, Admin& owner)
        : admin(owner), deadline(loop, [this] { admin.close(*this); }) {
        tcp.data = this;
        write.data = this;
        ENSURE(uv_tcp_init(loop.uv(), &tcp) == 0);
    }

    uv_stream_t* stream() { return reinterpret_cast<uv_stream_t*>(&tcp); }

    Admin& admin;
    uv_tcp_t tcp{};
    uv_write_t write{};
    Timer deadline;
    std::array<char, 2048> chunk{};
    std::string in;
    std::string out;
};

Admin::Admin(Loop& loop, const Endpoint& listen, const Health& health, const Metrics& metrics)
    : loop_(loop), health_(health), metrics_(metrics), listener_(new uv_tcp_t) {
    ENSURE(uv_tcp_init(loop.uv(), listener_) == 0);
    listener_->data = this;
    try {
        bind_and_listen(listener_, listen, [](uv_stream_t* stream, int status) {
            if (status == 0) static_cast<Admin*>(stream->data)->accept();
        });
    } catch (...) {
        close_listener(listener_);
        throw;
    }
    port_ = bound_port(listener_);
}

Admin::~Admin() {
    close_listener(listener_);
    while (!connections_.empty())
        close(**connections_.begin());
}

void Admin::accept() {
    auto* connection = new Connection(loop_, *this);
    connections_.insert(connection);
    const int error = uv_accept(reinterpret_cast<uv_stream_t*>(listener_), connection->stream());
    if (error != 0 || connections_.size() > limits::max_admin_connections) {
        close(*connection);
        return;
    }
    connection->deadline.start(limits::admin_deadline);
    uv_read_start(
        connection->stream(),
        [](uv_handle_t* handle, std::size_t, uv_buf_t* buffer) {
            auto& chunk = static_cast<Connection*>(handle->data)->chunk;
            *buffer = uv_buf_init(chunk.data(), static_cast<unsigned>(chunk.size()));
        },
        [](uv_stream_t* stream, ssize_t count, const uv_buf_t*) {
            auto& self = *static_cast<Connection*>(stream->data);
            self.admin.on_read(self, count);
        });
}

void Admin::close(Connection& connection) {
    if (connections_.erase(&connection) == 0) return;
    connection.deadline.stop();
    uv_close(reinterpret_cast<uv_handle_t*>(&connection.tcp),
             [](uv_handle_t* handle) { delete static_cast<Connection*>(handle->data); });
}

void Admin::on_read(Connection& connection, ssize_t count) {
    if (count < 0) {
        close(connection);
        return;
    }
    connection.in.append(connection.chunk.data(), static_cast<std::size_t>(count));
    const auto request = parse(connection.in);
    if (request.is_malformed || connection.in.size() > limits::max_admin_request)
        return reply(connection, plain(400, "bad request\n"));
    if (!request.is_complete) return;
    if (!request.is_get) return reply(connection, plain(405, "only GET\n"));
    const auto page = admin_page(request.target, health_, metrics_);
    reply(connection, page.value_or(plain(404, "try /livez, /readyz?verbose or /metrics\n")));
}

void Admin::reply(Connection& connection, const AdminPage& page) {
    uv_read_stop(connection.stream());
    const auto* reason = http_status_str(static_cast<http_status>(page.status));
    connection.out = "HTTP/1.1 " + std::to_string(page.status) + " " + reason +
                     "\r\nContent-Type: " + page.content_type +
                     "\r\nContent-Length: " + std::to_string(page.body.size()) +
                     "\r\nCache-Control: no-store" + (page.status == 405 ? "\r\nAllow: GET" : "") +
                     "\r\nConnection: close\r\n\r\n" + page.body;
    auto buffer = uv_buf_init(connection.out.data(), static_cast<unsigned>(connection.out.size()));
    const int error =
        uv_write(&connection.write, connection.stream(), &buffer, 1, [](uv_write_t* done, int) {
            auto& self = *static_cast<Connection*>(done->data);
            self.admin.close(self);
        });
    if (error != 0) close(connection);
}

}  // namespace itn::runtime
