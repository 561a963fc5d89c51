using System.Net;
using BigTech.BuildingBlocks.Web.Http;
using BigTech.Users.Domain;
using Microsoft.AspNetCore.Http;

namespace BigTech.Users.Features;

/// <summary>The client of a request.</summary>
/// <param name="Language">The language of the mails that the request causes.</param>
internal sealed record ClientInfo(string Address, string? UserAgent, MailLanguage Language = MailLanguage.English)
{
    private const int MaxUserAgentLength = 255;
    private const string Korean = "ko", English = "en";

    public Device Device => new(UserAgent, Address);

    /// <summary>The unit of limits and of turns: an IPv4 address, or a /64 of IPv6.</summary>
    public string Network => IPAddress.TryParse(Address, out var address) ? ClientAddress.Network(address) : Address;

    /// <summary>The unit where a client with many networks counts once: an IPv4 address, or a /48 of IPv6.</summary>
    public string Site => IPAddress.TryParse(Address, out var address) ? ClientAddress.Site(address) : Address;

    public static ValueTask<ClientInfo?> BindAsync(HttpContext context)
    {
        var agent = TextValidation.Cut(context.Request.Headers.UserAgent.ToString(), MaxUserAgentLength);
        return ValueTask.FromResult<ClientInfo?>(
            new ClientInfo(
                ClientAddress.From(context)?.ToString() ?? "unknown", agent.Length == 0 ? null : agent, LanguageOf(context.Request)));
    }

    /// <summary>The language that the client wants most of those that there are; English for a client that wants none of them.</summary>
    private static MailLanguage LanguageOf(HttpRequest request)
    {
        var wanted = request.GetTypedHeaders().AcceptLanguage
            .Where(language => (language.Quality ?? 1) > 0).OrderByDescending(language => language.Quality ?? 1)
            .Select(language => language.Value.ToString().Split('-')[0].ToLowerInvariant());
        return wanted.FirstOrDefault(language => language is Korean or English) == Korean ? MailLanguage.Korean : MailLanguage.English;
    }
}
