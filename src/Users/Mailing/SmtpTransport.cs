using System.Net.Sockets;
using BigTech.Users.Domain;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;

namespace BigTech.Users.Mailing;

/// <summary>Sends mails through a mail server, those of one round over one connection.</summary>
/// <param name="password">Of the account at the server, if there is one.</param>
internal sealed class SmtpTransport(MailOptions options, string password, MailWriter writer) : IMailTransport, IDisposable
{
    private const int FirstPermanent = 500;

    private SmtpClient? _client;

    public async Task Send(Letter letter)
    {
        using var limit = new CancellationTokenSource(options.Timeout);
        await Connect(limit.Token);
        try
        {
            await _client!.SendAsync(writer.Write(letter), limit.Token);
        }
        catch (Exception error)
        {
            Drop();
            throw Failure(error);
        }
    }

    public async Task Rest()
    {
        if (_client is null) return;
        using var limit = new CancellationTokenSource(options.Timeout);
        try
        {
            await _client.DisconnectAsync(quit: true, limit.Token);
        }
        catch (Exception error) when (IsOfTheConnection(error))
        {
            // All mails were accepted before.
        }
        Drop();
    }

    public void Dispose() => Drop();

    private async Task Connect(CancellationToken ct)
    {
        if (_client is { IsConnected: true }) return;
        Drop();
        // Lists of revoked certificates are far away from servers that may only reach their relay.
        _client = new SmtpClient { Timeout = (int)options.Timeout.TotalMilliseconds, CheckCertificateRevocation = false };
        try
        {
            await _client.ConnectAsync(options.SmtpHost!, options.Port, Encryption(), ct);
            if (options.HasUser) await _client.AuthenticateAsync(options.SmtpUser!, password, ct);
        }
        catch (Exception error)
        {
            Drop();
            throw new MailFailedException(
                DeliveryResult.Postponed, $"The mail server cannot be used: {ReasonOf(error)}", error.Message, error);
        }
    }

    private SecureSocketOptions Encryption() => options.SmtpSecurity switch
    {
        SmtpSecurity.Tls => SecureSocketOptions.SslOnConnect,
        SmtpSecurity.None => SecureSocketOptions.None,
        _ => SecureSocketOptions.StartTls,
    };

    private void Drop()
    {
        _client?.Dispose();
        _client = null;
    }

    /// <summary>
    /// What the recipient's side says is about this mail. What the server says of the sender or the account is about all mails: they wait
    /// until the operator, or the server's limit, lets them go.
    /// </summary>
    private static MailFailedException Failure(Exception error) => error switch
    {
        SmtpCommandException { ErrorCode: SmtpErrorCode.RecipientNotAccepted or SmtpErrorCode.MessageNotAccepted } refusal =>
            new MailFailedException(
                (int)refusal.StatusCode >= FirstPermanent ? DeliveryResult.Refused : DeliveryResult.Retry, ReasonOf(refusal),
                refusal.Message, refusal),
        SmtpCommandException { ErrorCode: SmtpErrorCode.SenderNotAccepted } or ServiceNotAuthenticatedException =>
            new MailFailedException(
                DeliveryResult.Postponed, $"The mail server does not accept the sender: {ReasonOf(error)}", error.Message, error),
        _ => new MailFailedException(DeliveryResult.Retry, ReasonOf(error), error.Message, error),
    };

    /// <summary>Without the server's own words, which may name an address.</summary>
    private static string ReasonOf(Exception error) => error switch
    {
        SmtpCommandException refusal => $"{refusal.ErrorCode} {(int)refusal.StatusCode}",
        MailKit.Security.AuthenticationException => "wrong user or password",
        OperationCanceledException or TimeoutException => "it does not answer in time",
        SocketException connection => connection.Message,
        SslHandshakeException => "its certificate is not trusted, or it offers no TLS",
        NotSupportedException => "it does not offer STARTTLS",
        _ => error.GetType().Name,
    };

    private static bool IsOfTheConnection(Exception error) =>
        error is IOException or SocketException or OperationCanceledException or CommandException or ProtocolException
            or ServiceNotConnectedException;
}
