using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;

namespace BigTech.BuildingBlocks.Web.Http;

/// <summary>The query of a search that pages by cursor. <c>q</c> and <c>query</c> are two names of one parameter.</summary>
public readonly record struct SearchQuery(
    [FromQuery(Name = "q")]
    [property: Description("The text to search for; required, by this name or as query."), MaxLength(SearchQuery.MaxTextLength)]
    string? Q = null,
    [FromQuery(Name = "query")]
    [property: Description("Another name of q."), MaxLength(SearchQuery.MaxTextLength)]
    string? Query = null,
    [FromQuery(Name = "limit")]
    [property: Description("How many results a page has at most: 1 to 100."), Range(1, Paging.MaxLimit)]
    int? Limit = null,
    [FromQuery(Name = "after")]
    [property: Description(CursorQuery.AfterText)]
    string? After = null,
    [FromQuery(Name = "cursor")]
    [property: Description(CursorQuery.CursorText)]
    string? Cursor = null)
{
    /// <summary>As long as the longest e-mail address.</summary>
    public const int MaxTextLength = 255;

    /// <summary>The text in the form in which names are stored and measured.</summary>
    /// <exception cref="AppError">422: it is none, too long, or more than a line.</exception>
    public string Text()
    {
        var errors = new ValidationErrors();
        var (sent, field) = errors.TakeAlias("q", Q, "query", Query);
        var text = DisplayText.Normalize(sent ?? "");
        if (errors.Check(!TextValidation.IsBlank(text), field, "Is required."))
        {
            errors.Check(
                TextValidation.LengthOf(text) <= MaxTextLength, field, $"Must not be longer than {MaxTextLength} characters.");
            errors.Check(TextValidation.IsCleanLine(text), field, "Must not contain control characters.");
        }
        errors.ThrowIfAny();
        return text;
    }

    /// <inheritdoc cref="CursorQuery.Place"/>
    public SentCursor Place() => new CursorQuery(Limit, After, Cursor).Place();
}
