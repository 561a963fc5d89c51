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

    /// <exception cref="AppError">422 with all errors, if there are any.</exception>
    public void ThrowIfAny()
    {
        if (_errors is not null) throw AppError.Invalid(_errors.ToDictionary(e => e.Key, e => e.Value.ToArray()));
    }
}
