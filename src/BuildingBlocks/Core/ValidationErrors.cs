namespace BigTech.BuildingBlocks.Core;

/// <summary>Collects all errors of a request, so that the caller gets them at once.</summary>
public sealed class ValidationErrors
{
    private Dictionary<string, List<string>>? _errors;

    /// <summary>Adds <paramref name="text"/> as an error of a field unless <paramref name="ok"/>.</summary>
    public bool Check(bool ok, string field, string text)
    {
        if (ok) return true;
        _errors ??= [];
        if (!_errors.TryGetValue(field, out var texts)) _errors.Add(field, texts = []);
        texts.Add(text);
        return false;
    }

    /// <summary>
    /// The value of a field that has two names, and the name that carried it; without a value the first. Two different values are an error
    /// of both names: no one can say which is meant.
    /// </summary>
    public (string? Value, string Field) TakeAlias(string name, string? value, string alias, string? aliasValue)
    {
        if (value is null || aliasValue is null) return (value ?? aliasValue, value is null && aliasValue is not null ? alias : name);
        var isSame = value == aliasValue;
        foreach (var field in (ReadOnlySpan<string>)[name, alias]) Check(isSame, field, "Is given twice, with different values.");
        return (value, name);
    }

    /// <exception cref="AppError">422 with all errors, if there are any.</exception>
    public void ThrowIfAny()
    {
        if (_errors is not null) throw AppError.Invalid(_errors.ToDictionary(e => e.Key, e => e.Value.ToArray()));
    }
}
