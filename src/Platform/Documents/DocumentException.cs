using System.Data.Common;

namespace BigTech.Platform.Documents;

/// <summary>The server refused a command.</summary>
/// <param name="code">MongoDB's number for the reason.</param>
public sealed class DocumentException(int code, string message) : Exception($"MongoDB refused: {message} (code {code})")
{
    public int Code { get; } = code;
}

/// <summary>
/// There is no server that can take the call, or it gave no answer in time: whether a write was done is then unknown. The same to a
/// writer of SQL as its own store being gone, so that it gives up the whole transaction.
/// </summary>
public sealed class DocumentStoreGoneException(string message, Exception? cause = null) : DbException(message, cause);
