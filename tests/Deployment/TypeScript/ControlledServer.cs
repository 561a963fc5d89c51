using System.Globalization;
using System.Net;
using BigTech.Tests.EndToEnd;
using BigTech.Tests.Testing;
using BigTech.Tests.Testing.Mail;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace BigTech.Tests.Deployment.TypeScript;

/// <summary>
/// A real server behind a proxy, which a test in another language breaks by <c>POST</c> to <c>/cut</c>, <c>/hold</c>, <c>/heal</c> and
/// <c>/restart</c>, which is a kill and a new start at the same address. <c>GET /code</c> is the code in the last mail to an address.
/// </summary>
internal sealed class ControlledServer : IAsyncDisposable
{
    private readonly ServerProcess _server;
    private readonly TcpProxy _proxy;
    private readonly WebApplication _control;

    private ControlledServer(ServerProcess server)
    {
        _server = server;
        _proxy = new TcpProxy(server.Url().Port);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        _control = builder.Build();
        _control.MapPost("/cut", _proxy.Cut);
        _control.MapPost("/hold", _proxy.Hold);
        _control.MapPost("/heal", _proxy.Heal);
        _control.MapPost("/restart", Restart);
        _control.MapGet("/code", (string email) =>
            ReceivedMail.NewestIn(_server.Data["mails"]).FirstOrDefault(mail => mail.To() == email)?.Code() ?? "");
    }

    /// <summary>What its tests find it by.</summary>
    public (string Name, string Value)[] Environment =>
    [
        ("CHAT_SERVER", $"http://{_proxy.Address}/api/"),
        ("CHAT_DIRECT", $"{_server.Url()}api/"),
        ("CHAT_CONTROL", _control.Urls.Single()),
        ("CHAT_PATIENCE", Patience.Limit.TotalMilliseconds.ToString(CultureInfo.InvariantCulture)),
    ];

    public static async Task<ControlledServer> Start()
    {
        var controlled = new ControlledServer(await ServerProcess.Start());
        await controlled._control.StartAsync();
        return controlled;
    }

    public async ValueTask DisposeAsync()
    {
        await _control.DisposeAsync();
        _proxy.Dispose();
        await _server.DisposeAsync();
    }

    private async Task Restart()
    {
        await _server.Kill9();
        await _server.Restart();
        _proxy.Redirect(_server.Url().Port);
    }
}
