using BigTech.Users.Domain;
using BigTech.Users.Mailing;
using BigTech.Users.Storage;

namespace BigTech.Users.Jobs;

/// <summary>
/// Sends the mails of the outbox, one at a time: at once what this process puts in, and every few seconds what is due again or was left by
/// another one. While the mail server takes none, all of them wait.
/// </summary>
internal sealed partial class MailSender(
    MailOutbox outbox, IMailTransport transport, TimeProvider time, ILogger<MailSender> logger)
    : PeriodicService("Sending mail", TimeSpan.FromSeconds(5), time, logger)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(5);
    private const int MaxDoublings = 6;

    private int _failedRounds;

    /// <summary>From 5 s to 5 min, with jitter, so that replicas do not come back to the server all at once.</summary>
    protected override TimeSpan RetryPause =>
        FirstPause * (1 << Math.Min(_failedRounds - 1, MaxDoublings)) * (0.8 + 0.2 * Random.Shared.NextDouble());

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        outbox.Added += RunNow;
        return base.StartAsync(cancellationToken);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        outbox.Added -= RunNow;
        await base.StopAsync(cancellationToken);
    }

    public override async Task RunOnce(CancellationToken ct)
    {
        try
        {
            if (await outbox.HasDue(ct)) await SendAll(ct);
            _failedRounds = 0;
        }
        catch (Exception)
        {
            _failedRounds++;
            throw;
        }
    }

    private async Task SendAll(CancellationToken ct)
    {
        Delivery? last = null;
        try
        {
            while (!ct.IsCancellationRequested)
            {
                var next = await outbox.Next(last);
                last = null;
                MailMetrics.Expired(next.Expired);
                if (next.Expired > 0) LogExpired(Logger, next.Expired);
                if (next.IsEmpty) break;
                if (next.Letter is { } letter) last = await Send(letter);
            }
        }
        finally
        {
            // Not cancelled by a stop: a mail that was accepted must not be sent again.
            if (last is not null) await outbox.Settle(last);
            await transport.Rest();
        }
    }

    private async Task<Delivery> Send(Letter letter)
    {
        try
        {
            await transport.Send(letter);
            MailMetrics.Delivered(DeliveryResult.Sent);
            return new Delivery(letter.Mail, DeliveryResult.Sent);
        }
        catch (MailFailedException failure)
        {
            MailMetrics.Delivered(failure.Result);
            var delivery = new Delivery(letter.Mail, failure.Result, failure.Answer);
            if (failure.Result != DeliveryResult.Postponed)
            {
                LogNotSent(Logger, letter.Mail.Id, letter.Mail.Attempts, failure.Message);
                return delivery;
            }
            await outbox.Settle(delivery);
            // Without its cause, whose words may name an address.
            throw new MailServerUnavailableException(failure.Message);
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "Mail {Id} was not accepted at attempt {Attempt}: {Reason}")]
    private static partial void LogNotSent(ILogger logger, string id, int attempt, string reason);

    [LoggerMessage(2, LogLevel.Warning, "{Count} mails were not sent while they were of use and are dead letters")]
    private static partial void LogExpired(ILogger logger, int count);
}

/// <summary>The mail server takes no mails at present.</summary>
internal sealed class MailServerUnavailableException(string reason) : Exception(reason);
