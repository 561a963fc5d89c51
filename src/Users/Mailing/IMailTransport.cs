using BigTech.Users.Domain;

namespace BigTech.Users.Mailing;

/// <summary>Hands mails on: to a mail server, or to files.</summary>
internal interface IMailTransport
{
    /// <summary>Hands one mail on.</summary>
    /// <exception cref="MailFailedException">It was not accepted.</exception>
    Task Send(Letter letter);

    /// <summary>Called when there is nothing to send at present.</summary>
    Task Rest() => Task.CompletedTask;

    /// <summary>Deletes what it has kept for long enough.</summary>
    void DeleteOld()
    {
    }
}

/// <summary>A mail was not accepted.</summary>
/// <param name="result">What is to be done with it.</param>
/// <param name="reason">Without an address: for the log.</param>
/// <param name="answer">What the mail server said, which may name an address: for the dead letter.</param>
internal sealed class MailFailedException(DeliveryResult result, string reason, string answer, Exception? cause = null)
    : Exception(reason, cause)
{
    public DeliveryResult Result => result;

    public string Answer => answer;
}
