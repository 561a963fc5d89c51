using System.Security.Cryptography;
using BigTech.Tests.EndToEnd;
using BigTech.Tests.Testing.Mail;
using MimeKit;

[assembly: AssemblyFixture(typeof(SharedServer))]

namespace BigTech.Tests.EndToEnd;

/// <summary>
/// The one server of all scenarios that neither kill it nor need other settings; each brings its own users. It is one process, or separate
/// services behind the gateway if the environment says so: a client sees no difference.
/// </summary>
public sealed class SharedServer : IAsyncLifetime
{
    /// <summary>
    /// The environment variable that selects the servers of the scenarios: <c>all</c> (the default), <c>services</c>, or <c>none</c> where
    /// there are no scenarios to run.
    /// </summary>
    public const string Topology = "SCENARIO_TOPOLOGY";

    private ServerProcess? _process;
    private Cluster.Cluster? _services;

    /// <summary>The public entry point: the one process, or the gateway.</summary>
    public ServerProcess Process => _services?.Gateway ?? _process ?? throw new InvalidOperationException("Not started.");

    public ApiClient Anonymous => Process.Anonymous;

    public async ValueTask InitializeAsync()
    {
        var topology = Environment.GetEnvironmentVariable(Topology);
        switch (topology)
        {
            case null or "" or "all":
                _process = await ServerProcess.Start();
                break;
            case "none":
                break;
            case "services":
                _services = new Cluster.Cluster();
                await _services.InitializeAsync();
                break;
            default:
                throw new InvalidOperationException($"{Topology} is 'all', 'services' or 'none', not '{topology}'.");
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
            await _process.DisposeAsync();
        if (_services is not null)
            await _services.DisposeAsync();
    }

    /// <summary>The role's own port in every process that has the role.</summary>
    public IReadOnlyList<ApiClient> Ports(string role) =>
        _services is null ? [Anonymous.On(role)] : [.. _services.Replicas(role).Select(replica => replica.Anonymous)];

    /// <summary>Waits for a mail to an address with this subject; returns the last one.</summary>
    internal async Task<MimeMessage> Mail(string address, string subject)
    {
        MimeMessage? found = null;
        await Eventually.Holds(
            () => (found = NewestMails().FirstOrDefault(mail => mail.To() == address && mail.Subject == subject)) is not null,
            $"a mail to {address}: {subject}");
        return found!;
    }

    private IEnumerable<MimeMessage> NewestMails() => _services?.Mail.Messages.Reverse() ?? ReceivedMail.NewestIn(Process.Data["mails"]);

    /// <inheritdoc cref="ServerProcess.SigningKey"/>
    public ECDsa SigningKey() => _services?.SigningKey() ?? Process.SigningKey();

    /// <inheritdoc cref="ServerProcess.NewUser"/>
    public Task<User> NewUser(string? displayName = null) => Process.NewUser(displayName);

    /// <inheritdoc cref="ServerProcess.NewUsers"/>
    public Task<User[]> NewUsers(int count) => Process.NewUsers(count);

    /// <inheritdoc cref="ServerProcess.TwoInARoom"/>
    public Task<(User Ann, User Bob, long Room)> TwoInARoom() => Process.TwoInARoom();
}
