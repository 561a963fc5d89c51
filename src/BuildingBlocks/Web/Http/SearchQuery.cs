using Microsoft.AspNetCore.Mvc;

namespace BigTech.BuildingBlocks.Web.Http;

/// <summary>The query of a search that pages by cursor. <c>q</c> and <c>query</c> are two names of one parameter.</summary>
public readonly record struct SearchQuery(
    [FromQuery(Name = "q")] string? Q = null, [FromQuery(Name = "query")] string? Query = null,
    [FromQuery(Name = "limit")] int? Limit = null, [FromQuery(Name = "after")] string? After = null,
    [FromQuery(Name = "cursor")] string? Cursor = null)
{
    /// <summary>The text, and the name under which it was sent.</summary>
    public (string? Text, string Field) TakeText(ValidationErrors errors) => errors.TakeAlias("q", Q, "query", Query);

    /// <inheritdoc cref="CursorQuery.Place"/>
    public SentCursor Place() => new CursorQuery(Limit, After, Cursor).Place();
}
