using Microsoft.AspNetCore.Mvc;

namespace BigTech.BuildingBlocks.Web.Http;

/// <summary>The query of a list that pages by cursor. <c>after</c> and <c>cursor</c> are two names of one parameter.</summary>
public readonly record struct CursorQuery(
    [FromQuery(Name = "limit")] int? Limit = null, [FromQuery(Name = "after")] string? After = null,
    [FromQuery(Name = "cursor")] string? Cursor = null)
{
    /// <summary>The place after which the page begins.</summary>
    /// <exception cref="AppError">422: two places.</exception>
    public SentCursor Place() => Paging.OneOf(("after", After), ("cursor", Cursor));
}
