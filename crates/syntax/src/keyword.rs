//! Words with a meaning in MySQL 9.7's grammar.
//!
//! Three classes matter to an expression:
//!
//! * a *reserved* word is never a name unless it is quoted or follows a dot;
//! * a *non-reserved* word is a name wherever the grammar does not want the word itself, but it
//!   is never the name of a generic function (`ACCOUNT(1)` is a syntax error);
//! * a *function word* is a word only directly before `(` and an ordinary name elsewhere
//!   (manual, "Function Name Parsing and Resolution").
//!
//! Source of the first two lists: `INFORMATION_SCHEMA.KEYWORDS` of the server.

/// How freely a word may be used as a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Class {
    Reserved,
    NonReserved,
    Function,
}

macro_rules! keywords {
    ($( $class:ident { $( $name:ident $text:literal, )* } )*) => {
        /// A word that the parser looks for.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Keyword {
            $( $( $name, )* )*
            /// Reserved for statements; an expression never contains it.
            OtherReserved,
            /// Not reserved, and without a meaning inside an expression.
            OtherNonReserved,
        }

        /// Every word with its class, in three runs, each sorted by its text.
        const WORDS: &[&[(&str, Keyword, Class)]] = &[
            $( &[ $( ($text, Keyword::$name, Class::$class), )* ], )*
        ];
    };
}

#[rustfmt::skip]
keywords! {
    Reserved {
        All "ALL", And "AND", As "AS", Between "BETWEEN", Bigint "BIGINT", Binary "BINARY",
        Blob "BLOB", Both "BOTH", Case "CASE", Char "CHAR", Character "CHARACTER",
        Collate "COLLATE", Convert "CONVERT", CurrentDate "CURRENT_DATE",
        CurrentTime "CURRENT_TIME", CurrentTimestamp "CURRENT_TIMESTAMP",
        CurrentUser "CURRENT_USER", Database "DATABASE", DayHour "DAY_HOUR",
        DayMicrosecond "DAY_MICROSECOND", DayMinute "DAY_MINUTE", DaySecond "DAY_SECOND",
        Dec "DEC", Decimal "DECIMAL", Default "DEFAULT", Distinct "DISTINCT", Div "DIV",
        Double "DOUBLE", Else "ELSE", Empty "EMPTY", Exists "EXISTS", False "FALSE",
        Float "FLOAT", Float4 "FLOAT4", Float8 "FLOAT8", For "FOR", From "FROM",
        Grouping "GROUPING", HourMicrosecond "HOUR_MICROSECOND", HourMinute "HOUR_MINUTE",
        HourSecond "HOUR_SECOND", If "IF", In "IN", Insert "INSERT", Int "INT", Int1 "INT1",
        Int2 "INT2", Int3 "INT3", Int4 "INT4", Int8 "INT8", Integer "INTEGER",
        Interval "INTERVAL", Is "IS", Leading "LEADING", Left "LEFT", Like "LIKE",
        Localtime "LOCALTIME", Localtimestamp "LOCALTIMESTAMP", Long "LONG", Longblob "LONGBLOB",
        Longtext "LONGTEXT", Match "MATCH", Mediumblob "MEDIUMBLOB", Mediumint "MEDIUMINT",
        Mediumtext "MEDIUMTEXT", Middleint "MIDDLEINT", MinuteMicrosecond "MINUTE_MICROSECOND",
        MinuteSecond "MINUTE_SECOND", Mod "MOD", Not "NOT", Null "NULL", Numeric "NUMERIC",
        Of "OF", On "ON", Or "OR", Precision "PRECISION", Real "REAL", Regexp "REGEXP",
        Repeat "REPEAT", Replace "REPLACE", Right "RIGHT", Rlike "RLIKE", Row "ROW",
        Schema "SCHEMA", SecondMicrosecond "SECOND_MICROSECOND", Select "SELECT", Set "SET",
        Smallint "SMALLINT", Then "THEN", Tinyblob "TINYBLOB", Tinyint "TINYINT",
        Tinytext "TINYTEXT", Trailing "TRAILING", True "TRUE", Unsigned "UNSIGNED", Using "USING",
        UtcDate "UTC_DATE", UtcTime "UTC_TIME", UtcTimestamp "UTC_TIMESTAMP", Values "VALUES",
        Varbinary "VARBINARY", Varchar "VARCHAR", Varcharacter "VARCHARACTER", Varying "VARYING",
        When "WHEN", Xor "XOR", YearMonth "YEAR_MONTH", Zerofill "ZEROFILL",
    }
    NonReserved {
        Against "AGAINST", Any "ANY", Array "ARRAY", Ascii "ASCII", At "AT", Avg "AVG", Bit "BIT",
        Bool "BOOL", Boolean "BOOLEAN", Byte "BYTE", Charset "CHARSET", Coalesce "COALESCE",
        Collation "COLLATION", Date "DATE", Datetime "DATETIME", Day "DAY", End "END",
        Enum "ENUM", Error "ERROR", Escape "ESCAPE", Fixed "FIXED", Format "FORMAT",
        Geomcollection "GEOMCOLLECTION", Geometry "GEOMETRY",
        Geometrycollection "GEOMETRYCOLLECTION", GetFormat "GET_FORMAT", Global "GLOBAL",
        Hour "HOUR", Json "JSON", JsonValue "JSON_VALUE", Linestring "LINESTRING", Local "LOCAL",
        Log "LOG", Member "MEMBER", Microsecond "MICROSECOND", Minute "MINUTE", Month "MONTH",
        Multilinestring "MULTILINESTRING", Multipoint "MULTIPOINT", Multipolygon "MULTIPOLYGON",
        National "NATIONAL", Nchar "NCHAR", Nvarchar "NVARCHAR", Point "POINT", Polygon "POLYGON",
        Quarter "QUARTER", Returning "RETURNING", Reverse "REVERSE", RowCount "ROW_COUNT",
        Second "SECOND", Serial "SERIAL", Session "SESSION", Signed "SIGNED", Some "SOME",
        Sounds "SOUNDS", SqlTsiDay "SQL_TSI_DAY", SqlTsiHour "SQL_TSI_HOUR",
        SqlTsiMinute "SQL_TSI_MINUTE", SqlTsiMonth "SQL_TSI_MONTH",
        SqlTsiQuarter "SQL_TSI_QUARTER", SqlTsiSecond "SQL_TSI_SECOND", SqlTsiWeek "SQL_TSI_WEEK",
        SqlTsiYear "SQL_TSI_YEAR", Text "TEXT", Time "TIME", Timestamp "TIMESTAMP",
        Timestampadd "TIMESTAMPADD", Timestampdiff "TIMESTAMPDIFF", Truncate "TRUNCATE",
        Unicode "UNICODE", Unknown "UNKNOWN", User "USER", Vector "VECTOR", Week "WEEK",
        WeightString "WEIGHT_STRING", Year "YEAR", Zone "ZONE",
    }
    Function {
        Adddate "ADDDATE", BitAnd "BIT_AND", BitOr "BIT_OR", BitXor "BIT_XOR", Cast "CAST",
        Count "COUNT", Curdate "CURDATE", Curtime "CURTIME", DateAdd "DATE_ADD",
        DateSub "DATE_SUB", Extract "EXTRACT", GroupConcat "GROUP_CONCAT",
        JsonArrayagg "JSON_ARRAYAGG", JsonObjectagg "JSON_OBJECTAGG", Max "MAX", Mid "MID",
        Min "MIN", Now "NOW", Position "POSITION", SessionUser "SESSION_USER", Std "STD",
        Stddev "STDDEV", StddevPop "STDDEV_POP", StddevSamp "STDDEV_SAMP", StCollect "ST_COLLECT",
        Subdate "SUBDATE", Substr "SUBSTR", Substring "SUBSTRING", Sum "SUM", Sysdate "SYSDATE",
        SystemUser "SYSTEM_USER", Trim "TRIM", Variance "VARIANCE", VarPop "VAR_POP",
        VarSamp "VAR_SAMP",
    }
}

/// Reserved words that no expression contains.
#[rustfmt::skip]
const OTHER_RESERVED: &[&str] = &[
    "ACCESSIBLE", "ADD", "ALTER", "ANALYZE", "ASC", "ASENSITIVE", "BEFORE", "BY", "CALL",
    "CASCADE", "CHANGE", "CHECK", "COLUMN", "CONDITION", "CONSTRAINT", "CONTINUE", "CREATE",
    "CROSS", "CUBE", "CUME_DIST", "CURSOR", "DATABASES", "DECLARE", "DELAYED", "DELETE",
    "DENSE_RANK", "DESC", "DESCRIBE", "DETERMINISTIC", "DISTINCTROW", "DROP", "DUAL", "EACH",
    "ELSEIF", "ENCLOSED", "ESCAPED", "EXCEPT", "EXIT", "EXPLAIN", "EXTERNAL", "FETCH",
    "FIRST_VALUE", "FORCE", "FOREIGN", "FULLTEXT", "FUNCTION", "GENERATED", "GET", "GRANT",
    "GROUP", "GROUPS", "HAVING", "HIGH_PRIORITY", "IGNORE", "INDEX", "INFILE", "INNER", "INOUT",
    "INSENSITIVE", "INTERSECT", "INTO", "IO_AFTER_GTIDS", "IO_BEFORE_GTIDS", "ITERATE", "JOIN",
    "JSON_TABLE", "KEY", "KEYS", "KILL", "LAG", "LAST_VALUE", "LATERAL", "LEAD", "LEAVE",
    "LIBRARY", "LIMIT", "LINEAR", "LINES", "LOAD", "LOCK", "LOOP", "LOW_PRIORITY", "MAXVALUE",
    "MODIFIES", "NATURAL", "NO_WRITE_TO_BINLOG", "NTH_VALUE", "NTILE", "OPTIMIZE",
    "OPTIMIZER_COSTS", "OPTION", "OPTIONALLY", "ORDER", "OUT", "OUTER", "OUTFILE", "OVER",
    "PARTITION", "PERCENT_RANK", "PRIMARY", "PROCEDURE", "PURGE", "QUALIFY", "RANGE", "RANK",
    "READ", "READS", "READ_WRITE", "RECURSIVE", "REFERENCES", "RELEASE", "RENAME", "REQUIRE",
    "RESIGNAL", "RESTRICT", "RETURN", "REVOKE", "ROWS", "ROW_NUMBER", "SCHEMAS", "SENSITIVE",
    "SEPARATOR", "SHOW", "SIGNAL", "SPATIAL", "SPECIFIC", "SQL", "SQLEXCEPTION", "SQLSTATE",
    "SQLWARNING", "SQL_BIG_RESULT", "SQL_CALC_FOUND_ROWS", "SQL_SMALL_RESULT", "SSL", "STARTING",
    "STORED", "STRAIGHT_JOIN", "SYSTEM", "TABLE", "TABLESAMPLE", "TERMINATED", "TO", "TRIGGER",
    "UNDO", "UNION", "UNIQUE", "UNLOCK", "UPDATE", "USAGE", "USE", "VIRTUAL", "WHERE", "WHILE",
    "WINDOW", "WITH", "WRITE",
];

/// Non-reserved words that have no meaning inside an expression.
#[rustfmt::skip]
const OTHER_NON_RESERVED: &[&str] = &[
    "ABSENT", "ACCOUNT", "ACTION", "ACTIVE", "ADMIN", "AFTER", "AGGREGATE", "ALGORITHM",
    "ALLOW_MISSING_FILES", "ALWAYS", "ASSIGN_GTIDS_TO_ANONYMOUS_TRANSACTIONS", "ATTRIBUTE",
    "AUTHENTICATION", "AUTO", "AUTOEXTEND_SIZE", "AUTO_INCREMENT", "AUTO_REFRESH",
    "AUTO_REFRESH_SOURCE", "AVG_ROW_LENGTH", "BACKUP", "BEGIN", "BERNOULLI", "BINLOG", "BLOCK",
    "BTREE", "BUCKETS", "BULK", "CACHE", "CASCADED", "CATALOG_NAME", "CHAIN",
    "CHALLENGE_RESPONSE", "CHANGED", "CHANNEL", "CHECKSUM", "CIPHER", "CLASS_ORIGIN", "CLIENT",
    "CLONE", "CLOSE", "CODE", "COLUMNS", "COLUMN_FORMAT", "COLUMN_NAME", "COMMENT", "COMMIT",
    "COMMITTED", "COMPACT", "COMPLETION", "COMPONENT", "COMPRESSED", "COMPRESSION", "CONCURRENT",
    "CONNECTION", "CONSISTENT", "CONSTRAINT_CATALOG", "CONSTRAINT_NAME", "CONSTRAINT_SCHEMA",
    "CONTAINS", "CONTEXT", "CPU", "CURRENT", "CURSOR_NAME", "DATA", "DATAFILE", "DEALLOCATE",
    "DEFAULT_AUTH", "DEFINER", "DEFINITION", "DELAY_KEY_WRITE", "DESCRIPTION", "DIAGNOSTICS",
    "DIRECTORY", "DISABLE", "DISCARD", "DISK", "DO", "DUALITY", "DUMPFILE", "DUPLICATE",
    "DYNAMIC", "ENABLE", "ENCRYPTION", "ENDS", "ENFORCED", "ENGINE", "ENGINES",
    "ENGINE_ATTRIBUTE", "ERRORS", "EVENT", "EVENTS", "EVERY", "EXCHANGE", "EXCLUDE", "EXECUTE",
    "EXPANSION", "EXPIRE", "EXPORT", "EXTENDED", "EXTENT_SIZE", "EXTERNAL_FORMAT", "FACTOR",
    "FAILED_LOGIN_ATTEMPTS", "FAST", "FAULTS", "FIELDS", "FILE", "FILES", "FILE_BLOCK_SIZE",
    "FILE_FORMAT", "FILE_NAME", "FILE_PATTERN", "FILE_PREFIX", "FILTER", "FINISH", "FIRST",
    "FLUSH", "FOLLOWING", "FOLLOWS", "FOUND", "FULL", "GENERAL", "GENERATE",
    "GET_SOURCE_PUBLIC_KEY", "GRANTS", "GROUP_REPLICATION", "GTIDS", "GTID_ONLY", "GUIDED",
    "HANDLER", "HASH", "HEADER", "HELP", "HISTOGRAM", "HISTORY", "HOST", "HOSTS", "IDENTIFIED",
    "IGNORE_SERVER_IDS", "IMPORT", "INACTIVE", "INDEXES", "INITIAL", "INITIAL_SIZE", "INITIATE",
    "INSERT_METHOD", "INSTALL", "INSTANCE", "INVISIBLE", "INVOKER", "IO", "IO_THREAD", "IPC",
    "ISOLATION", "ISSUER", "KEYRING", "KEY_BLOCK_SIZE", "LANGUAGE", "LAST", "LEAVES", "LESS",
    "LEVEL", "LIST", "LOCKED", "LOCKS", "LOGFILE", "LOGS", "MANUAL", "MASKING", "MASTER",
    "MATERIALIZED", "MAX_CONNECTIONS_PER_HOUR", "MAX_QUERIES_PER_HOUR", "MAX_ROWS", "MAX_SIZE",
    "MAX_UPDATES_PER_HOUR", "MAX_USER_CONNECTIONS", "MEDIUM", "MEMORY", "MERGE", "MESSAGE_TEXT",
    "MIGRATE", "MIN_ROWS", "MODE", "MODIFY", "MUTEX", "MYSQL_ERRNO", "NAME", "NAMES", "NDB",
    "NDBCLUSTER", "NESTED", "NETWORK_NAMESPACE", "NEVER", "NEW", "NEXT", "NO", "NODEGROUP",
    "NONE", "NOWAIT", "NO_WAIT", "NULLS", "NUMBER", "OFF", "OFFSET", "OJ", "OLD", "ONE", "ONLY",
    "OPEN", "OPTIONAL", "OPTIONS", "ORDINALITY", "ORGANIZATION", "OTHERS", "OWNER", "PACK_KEYS",
    "PAGE", "PARALLEL", "PARAMETERS", "PARSER", "PARSE_TREE", "PARTIAL", "PARTITIONING",
    "PARTITIONS", "PASSWORD", "PASSWORD_LOCK_TIME", "PATH", "PERSIST", "PERSIST_ONLY", "PHASE",
    "PLUGIN", "PLUGINS", "PLUGIN_DIR", "POLICY", "PORT", "PRECEDES", "PRECEDING", "PREPARE",
    "PRESERVE", "PREV", "PRIVILEGES", "PRIVILEGE_CHECKS_USER", "PROCESS", "PROCESSLIST",
    "PROFILE", "PROFILES", "PROXY", "QUERY", "QUICK", "RANDOM", "READ_ONLY", "REBUILD", "RECOVER",
    "REDO_BUFFER_SIZE", "REDUNDANT", "REFERENCE", "REGISTRATION", "RELATIONAL", "RELAY",
    "RELAYLOG", "RELAY_LOG_FILE", "RELAY_LOG_POS", "RELAY_THREAD", "RELOAD", "REMOVE",
    "REORGANIZE", "REPAIR", "REPEATABLE", "REPLICA", "REPLICAS", "REPLICATE_DO_DB",
    "REPLICATE_DO_TABLE", "REPLICATE_IGNORE_DB", "REPLICATE_IGNORE_TABLE", "REPLICATE_REWRITE_DB",
    "REPLICATE_WILD_DO_TABLE", "REPLICATE_WILD_IGNORE_TABLE", "REPLICATION", "REQUIRE_ROW_FORMAT",
    "REQUIRE_TABLE_PRIMARY_KEY_CHECK", "RESET", "RESOURCE", "RESPECT", "RESTART", "RESTORE",
    "RESUME", "RETAIN", "RETURNED_SQLSTATE", "RETURNS", "REUSE", "ROLE", "ROLLBACK", "ROLLUP",
    "ROTATE", "ROUTINE", "ROW_FORMAT", "RTREE", "S3", "SAVEPOINT", "SCHEDULE", "SCHEMA_NAME",
    "SECONDARY", "SECONDARY_ENGINE", "SECONDARY_ENGINE_ATTRIBUTE", "SECONDARY_LOAD",
    "SECONDARY_UNLOAD", "SECURITY", "SERIALIZABLE", "SERVER", "SETS", "SHARE", "SHUTDOWN",
    "SIMPLE", "SKIP", "SLAVE", "SLOW", "SNAPSHOT", "SOCKET", "SONAME", "SOURCE",
    "SOURCE_AUTO_POSITION", "SOURCE_BIND", "SOURCE_COMPRESSION_ALGORITHMS",
    "SOURCE_CONNECTION_AUTO_FAILOVER", "SOURCE_CONNECT_RETRY", "SOURCE_DELAY",
    "SOURCE_HEARTBEAT_PERIOD", "SOURCE_HOST", "SOURCE_LOG_FILE", "SOURCE_LOG_POS",
    "SOURCE_PASSWORD", "SOURCE_PORT", "SOURCE_PUBLIC_KEY_PATH", "SOURCE_RETRY_COUNT",
    "SOURCE_SSL", "SOURCE_SSL_CA", "SOURCE_SSL_CAPATH", "SOURCE_SSL_CERT", "SOURCE_SSL_CIPHER",
    "SOURCE_SSL_CRL", "SOURCE_SSL_CRLPATH", "SOURCE_SSL_KEY", "SOURCE_SSL_VERIFY_SERVER_CERT",
    "SOURCE_TLS_CIPHERSUITES", "SOURCE_TLS_VERSION", "SOURCE_USER",
    "SOURCE_ZSTD_COMPRESSION_LEVEL", "SQL_AFTER_GTIDS", "SQL_AFTER_MTS_GAPS", "SQL_BEFORE_GTIDS",
    "SQL_BUFFER_RESULT", "SQL_NO_CACHE", "SQL_THREAD", "SRID", "STACKED", "START", "STARTS",
    "STATS_AUTO_RECALC", "STATS_PERSISTENT", "STATS_SAMPLE_PAGES", "STATUS", "STOP", "STORAGE",
    "STREAM", "STRICT_LOAD", "STRING", "SUBCLASS_ORIGIN", "SUBJECT", "SUBPARTITION",
    "SUBPARTITIONS", "SUPER", "SUSPEND", "SWAPS", "SWITCHES", "TABLES", "TABLESPACE",
    "TABLE_CHECKSUM", "TABLE_NAME", "TEMPORARY", "TEMPTABLE", "THAN", "THREAD_PRIORITY", "TIES",
    "TLS", "TRANSACTION", "TRIGGERS", "TYPE", "TYPES", "UNBOUNDED", "UNCOMMITTED", "UNDEFINED",
    "UNDOFILE", "UNDO_BUFFER_SIZE", "UNINSTALL", "UNREGISTER", "UNTIL", "UPGRADE", "URI", "URL",
    "USER_RESOURCES", "USE_FRM", "VALIDATE", "VALIDATION", "VALUE", "VARIABLES", "VCPU",
    "VERIFY_KEY_CONSTRAINTS", "VIEW", "VISIBLE", "WAIT", "WARNINGS", "WITHOUT", "WORK", "WRAPPER",
    "X509", "XA", "XID", "XML",
];

/// Character sets that may stand behind the underscore of an introducer (`_utf8mb4'x'`).
#[rustfmt::skip]
const CHARACTER_SETS: &[&str] = &[
    "armscii8", "ascii", "big5", "binary", "cp1250", "cp1251", "cp1256", "cp1257", "cp850",
    "cp852", "cp866", "cp932", "dec8", "eucjpms", "euckr", "gb18030", "gb2312", "gbk", "geostd8",
    "greek", "hebrew", "hp8", "keybcs2", "koi8r", "koi8u", "latin1", "latin2", "latin5", "latin7",
    "macce", "macroman", "sjis", "swe7", "tis620", "ucs2", "ujis", "utf16", "utf16le", "utf32",
    "utf8", "utf8mb3", "utf8mb4",
];

/// Longest word in the tables.
const LONGEST: usize = 38;

/// Looks a word up, without regard to case.
pub(crate) fn lookup(word: &str) -> Option<(Keyword, Class)> {
    if word.len() > LONGEST || !word.is_ascii() {
        return None;
    }
    let mut upper = [0u8; LONGEST];
    let upper = &mut upper[..word.len()];
    upper.copy_from_slice(word.as_bytes());
    upper.make_ascii_uppercase();
    for run in WORDS {
        if let Ok(i) = run.binary_search_by(|(text, ..)| text.as_bytes().cmp(upper)) {
            let (_, keyword, class) = run[i];
            return Some((keyword, class));
        }
    }
    let found = |list: &[&str]| {
        list.binary_search_by(|text| text.as_bytes().cmp(upper))
            .is_ok()
    };
    if found(OTHER_RESERVED) {
        Some((Keyword::OtherReserved, Class::Reserved))
    } else if found(OTHER_NON_RESERVED) {
        Some((Keyword::OtherNonReserved, Class::NonReserved))
    } else {
        None
    }
}

/// Whether an unquoted `word` is a name where a column may stand.
pub(crate) fn may_be_column(word: &str) -> bool {
    lookup(word).is_none_or(|(_, class)| class != Class::Reserved)
}

/// Whether an unquoted `word` before a parenthesis is the name of a function without a keyword.
pub(crate) fn may_be_function(word: &str) -> bool {
    lookup(word).is_none()
}

/// Whether `name` (without the underscore) is a character set.
pub(crate) fn is_character_set(name: &str) -> bool {
    CHARACTER_SETS
        .iter()
        .any(|set| set.eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_sorted_and_disjoint() {
        for run in WORDS {
            assert!(run.windows(2).all(|w| w[0].0 < w[1].0));
        }
        for list in [OTHER_RESERVED, OTHER_NON_RESERVED] {
            assert!(list.windows(2).all(|w| w[0] < w[1]));
            for word in list {
                assert!(
                    WORDS
                        .iter()
                        .all(|run| run.iter().all(|entry| entry.0 != *word)),
                    "{word}"
                );
            }
        }
    }

    #[test]
    fn lookup_ignores_case() {
        assert_eq!(lookup("aNd"), Some((Keyword::And, Class::Reserved)));
        assert_eq!(lookup("select"), Some((Keyword::Select, Class::Reserved)));
        assert_eq!(
            lookup("account"),
            Some((Keyword::OtherNonReserved, Class::NonReserved))
        );
        assert_eq!(lookup("now"), Some((Keyword::Now, Class::Function)));
        assert_eq!(lookup("abs"), None);
        assert_eq!(lookup("é"), None);
    }
}
