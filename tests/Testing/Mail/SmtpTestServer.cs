using System.Buffers;
using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using MimeKit;
using SmtpServer;
using SmtpServer.Authentication;
using SmtpServer.ComponentModel;
using SmtpServer.Mail;
using SmtpServer.Protocol;
using SmtpServer.Storage;

namespace BigTech.Tests.Testing.Mail;

/// <summary>A mail server that keeps what it accepts, and refuses, hangs or is away as a test wants.</summary>
internal sealed class SmtpTestServer : IAsyncDisposable
{
    private readonly X509Certificate2? _certificate;
    private readonly (string User, string Password)? _account;
    private readonly ConcurrentQueue<MimeMessage> _messages = new();
    private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;

    /// <param name="certificate">With it, the server offers STARTTLS.</param>
    /// <param name="account">With it, only this account may send, over TLS.</param>
    public SmtpTestServer(X509Certificate2? certificate = null, (string User, string Password)? account = null)
    {
        (_certificate, _account) = (certificate, account);
        Start();
    }

    public int Port { get; } = Loopback.FreePort();

    /// <summary>What was accepted, the oldest first.</summary>
    public IReadOnlyList<MimeMessage> Messages => [.. _messages];

    /// <summary>How often a message came to its end, accepted or not.</summary>
    public int Offered { get; private set; }

    /// <summary>Whether every accepted message came over TLS.</summary>
    public bool WasAlwaysEncrypted { get; private set; } = true;

    /// <summary>The answer to a recipient; null accepts it.</summary>
    public Func<string, SmtpResponse?> AnswerTo { get; set; } = _ => null;

    /// <summary>Whether it takes the messages and does not answer.</summary>
    public bool Hangs { get; set; }

    public static SmtpResponse Permanent { get; } = new(SmtpReplyCode.MailboxUnavailable, "5.1.1 <someone@example.com>: no such user");

    public static SmtpResponse Temporary { get; } = new(SmtpReplyCode.InsufficientStorage, "4.2.2 the mailbox is full");

    /// <summary>Ends the server; nothing listens any more.</summary>
    public async Task GoAway()
    {
        await _stop.CancelAsync();
        await ((Task)_running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    /// <summary>Starts it again at the same port.</summary>
    public void ComeBack()
    {
        _stop = new CancellationTokenSource();
        Start();
    }

    public async ValueTask DisposeAsync()
    {
        _end.TrySetResult();
        await GoAway();
    }

    private void Start()
    {
        var options = new SmtpServerOptionsBuilder().ServerName("mail.example.com").Endpoint(endpoint =>
        {
            endpoint.Endpoint(new IPEndPoint(IPAddress.Loopback, Port)).AllowUnsecureAuthentication(false);
            if (_certificate is not null) endpoint.Certificate(_certificate);
            if (_account is not null) endpoint.AuthenticationRequired();
        }).Build();
        var services = new ServiceProvider();
        services.Add(new Store(this));
        services.Add(new Filter(this));
        services.Add(new Authenticator(this));
        _running = new SmtpServer.SmtpServer(options, services).StartAsync(_stop.Token);
    }

    private async Task<SmtpResponse> Save(bool isSecure, ReadOnlySequence<byte> buffer, CancellationToken ct)
    {
        Offered++;
        if (Hangs) await _end.Task;
        WasAlwaysEncrypted &= isSecure;
        using var bytes = new MemoryStream(buffer.ToArray());
        _messages.Enqueue(await MimeMessage.LoadAsync(bytes, ct));
        return SmtpResponse.Ok;
    }

    private sealed class Store(SmtpTestServer server) : MessageStore
    {
        public override Task<SmtpResponse> SaveAsync(
            ISessionContext context, IMessageTransaction transaction, ReadOnlySequence<byte> buffer, CancellationToken cancellationToken) =>
            server.Save(context.Pipe!.IsSecure, buffer, cancellationToken);
    }

    private sealed class Filter(SmtpTestServer server) : MailboxFilter
    {
        public override Task<bool> CanDeliverToAsync(
            ISessionContext context, IMailbox to, IMailbox from, CancellationToken cancellationToken) =>
            server.AnswerTo(to.AsAddress()) is { } refusal ? throw new SmtpResponseException(refusal) : Task.FromResult(true);
    }

    private sealed class Authenticator(SmtpTestServer server) : UserAuthenticator
    {
        public override Task<bool> AuthenticateAsync(
            ISessionContext context, string user, string password, CancellationToken cancellationToken) =>
            Task.FromResult((user, password) == server._account);
    }
}
