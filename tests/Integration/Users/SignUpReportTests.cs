using BigTech.Users.Features;
using BigTech.Users.Jobs;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace BigTech.Tests.Integration.Users;

public sealed class SignUpReportTests : IDisposable
{
    private readonly SignUpMonitor _monitor = new();
    private readonly LogLines _log = new();

    [Fact]
    public async Task A_minute_is_one_line_for_each_class_of_networks()
    {
        for (var i = 0; i < 200; i++) Count(SignUpResult.Taken, $"198.51.100.{i % 5}");
        for (var i = 0; i < 1800; i++) Count(SignUpResult.Limited, $"198.51.100.{i % 8}");
        Count(SignUpResult.Accepted, "198.51.100.77");
        Count(SignUpResult.Taken, "2001:db8::1");
        Count(SignUpResult.Taken, "2001:db8::2");
        Count(SignUpResult.Accepted, "10.0.0.1");

        await Report();

        string[] lines =
        [
            "Warning BigTech.Security: Sign-ups of a minute from ipv4 addresses: "
            + "200 for taken names and 1800 over a limit, of 8 networks; 1 accepted",
            "Information BigTech.Security: Sign-ups of a minute from ipv6 addresses: "
            + "2 for taken names and 0 over a limit, of 1 networks; 0 accepted",
        ];
        _log.Lines.ShouldBe(lines);
        await Report();
        // What was told is not told again.
        _log.Lines.ShouldBe(lines);
    }

    [Theory]
    [InlineData("127.0.0.1", "loopback")]
    [InlineData("::1", "loopback")]
    [InlineData("192.168.7.7", "private")]
    [InlineData("fd00::1", "private")]
    [InlineData("203.0.113.9", "ipv4")]
    [InlineData("2001:db8::9", "ipv6")]
    [InlineData("unknown", "unknown")]
    public void Networks_are_told_by_their_class(string address, string networkClass)
    {
        Count(SignUpResult.Taken, address);
        _monitor.TakeAll().ShouldHaveSingleItem().ShouldBe(new SignUpCounts(networkClass, 0, 1, 0, 1));
    }

    [Fact]
    public async Task The_route_counts_what_it_answers_and_nothing_private()
    {
        await using var host = await UsersHost.Start(("Users:SignUpsPerHour", "4"));
        await host.Register("kim_cs");
        (await host.Send("POST", "/auth/register", """{"email":"a","username":"b"}""")).Expect(422);
        for (var i = 0; i < 3; i++) (await host.Send("POST", "/auth/register", UsersHost.Account("kim_cs"))).Expect(409);
        for (var i = 0; i < 2; i++) (await host.Send("POST", "/auth/register", UsersHost.Account("lee_yh"))).Expect(429);
        host.Services.GetRequiredService<SignUpMonitor>().TakeAll().ShouldHaveSingleItem()
            .ShouldBe(new SignUpCounts("loopback", 1, 3, 2, 1));
    }

    public void Dispose() => _log.Dispose();

    private void Count(SignUpResult result, string address) => _monitor.Count(result, new ClientInfo(address, null));

    private async Task Report()
    {
        using var loggers = LoggerFactory.Create(logging => logging.AddProvider(_log));
        using var report = new SignUpReport(_monitor, TimeProvider.System, loggers);
        await report.RunOnce(TestContext.Current.CancellationToken);
    }

    private sealed class LogLines : ILoggerProvider
    {
        public List<string> Lines { get; } = [];

        public ILogger CreateLogger(string categoryName) => new Category(categoryName, Lines);

        public void Dispose()
        {
        }

        private sealed class Category(string name, List<string> lines) : ILogger
        {
            public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

            public bool IsEnabled(LogLevel logLevel) => true;

            public void Log<TState>(
                LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
                lines.Add($"{logLevel} {name}: {formatter(state, exception)}");
        }
    }
}
