namespace BigTech.BuildingBlocks.Streaming;

/// <summary>The one-use ticket with which a request opens a stream; a feature of the request.</summary>
public interface IPresentedTicket
{
    /// <summary>Spends the ticket, once the stream is certain to open.</summary>
    /// <exception cref="AppError">401: it has been spent, or has expired.</exception>
    ValueTask Spend();
}
