using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;

namespace BigTech.BuildingBlocks.Web.Http;

/// <summary>The query of a list that pages by cursor. <c>after</c> and <c>cursor</c> are two names of one parameter.</summary>
/// <remarks>The attributes stand on the properties: where the parameter has them, the framework's description fails.</remarks>
public readonly record struct CursorQuery(
    [FromQuery(Name = "limit")]
    [property: Description(CursorQuery.LimitText), Range(1, Paging.MaxLimit)]
    int? Limit = null,
    [FromQuery(Name = "after")]
    [property: Description(CursorQuery.AfterText)]
    string? After = null,
    [FromQuery(Name = "cursor")]
    [property: Description(CursorQuery.CursorText)]
    string? Cursor = null)
{
    public const string LimitText = "How many entries a page has at most: 1 to 100, 50 by default.";
    public const string AfterText = "The next_cursor of the page before; without it the list begins.";
    public const string CursorText = "Another name of after.";

    /// <summary>The place after which the page begins.</summary>
    /// <exception cref="AppError">422: two places.</exception>
    public SentCursor Place() => Paging.OneOf(("after", After), ("cursor", Cursor));
}
