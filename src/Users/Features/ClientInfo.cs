using System.Net;
using BigTech.BuildingBlocks.Web.Http;
using BigTech.Users.Domain;
using Microsoft.AspNetCore.Http;

namespace BigTech.Users.Features;

/// <summary>The client of a request.</summary>
internal sealed record ClientInfo(string Address, string? UserAgent)
{
    private const int MaxUserAgentLength = 255;

    public Device Device => new(UserAgent, Address);

    /// <summary>The unit of limits and of turns: an IPv4 address, or a /64 of IPv6.</summary>
    public string Network => IPAddress.TryParse(Address, out var address) ? ClientAddress.Network(address) : Address;

    public static ValueTask<ClientInfo?> BindAsync(HttpContext context)
    {
        var agent = context.Request.Headers.UserAgent.ToString();
        if (agent.Length > MaxUserAgentLength) agent = agent[..MaxUserAgentLength];
        return ValueTask.FromResult<ClientInfo?>(
            new ClientInfo(ClientAddress.From(context)?.ToString() ?? "unknown", agent.Length == 0 ? null : agent));
    }
}
