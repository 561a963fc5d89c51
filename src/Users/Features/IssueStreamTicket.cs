using BigTech.BuildingBlocks.Web.Auth;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace BigTech.Users.Features;

/// <summary>A ticket that opens one stream.</summary>
/// <param name="Ticket">For the query parameter <c>ticket</c> of a stream.</param>
/// <param name="ExpiresIn">The lifetime of the ticket in seconds.</param>
internal sealed record StreamTicketResponse(string Ticket, int ExpiresIn);

internal static class IssueStreamTicket
{
    public static async Task<Created<StreamTicketResponse>> Handle(Caller caller, IStreamTickets tickets) =>
        TypedResults.Created(
            (string?)null, new StreamTicketResponse(await tickets.Issue(caller), (int)IStreamTickets.Lifetime.TotalSeconds));
}
