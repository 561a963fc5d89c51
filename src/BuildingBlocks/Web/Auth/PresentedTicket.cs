using BigTech.BuildingBlocks.Streaming;

namespace BigTech.BuildingBlocks.Web.Auth;

/// <summary>The ticket of a request. It is spent when the stream is accepted; a stream that is rejected does not spend it.</summary>
internal sealed record PresentedTicket(string Text, IStreamTickets Tickets) : IPresentedTicket
{
    /// <inheritdoc/>
    public async ValueTask Spend()
    {
        if (await Tickets.Redeem(Text) is null) throw Invalid();
    }

    public static AppError Invalid() =>
        AppError.Unauthorized("invalid_ticket", "The ticket is unknown, spent, too old, or of a session that has ended.");
}
