namespace BigTech.BuildingBlocks.Web.Http;

/// <summary>The cursor of a request, under the name of the parameter that carried it; without a text, the list begins.</summary>
public readonly record struct SentCursor(string? Text, string Field)
{
    /// <summary>The position in it; null for the first page.</summary>
    /// <exception cref="AppError">422: it is no cursor at all.</exception>
    public string? Read() => Paging.Place(Text, Field);

    /// <summary>422: a cursor, but not of this list.</summary>
    public AppError NotOfThisList() => AppError.Invalid(Field, "Is not a cursor of this list.");
}
